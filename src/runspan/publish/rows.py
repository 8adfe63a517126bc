"""A record → one flat row a run, for CSV, Parquet and the terminal."""

import json
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from runspan.base.estimates import QUANTITIES, Estimates
from runspan.base.records import FieldValue, Record
from runspan.base.values import Country, Duration, Hardware, Name, Quantity, Value, Year

_VALUE_TYPES: dict[str, type[Value]] = {
    "model": Name,
    "params": Quantity,
    "gpu_count": Quantity,
    "hardware": Hardware,
    "training": Duration,
    "country": Country,
    "year": Year,
}
_EVIDENCE = ("text", "start", "end", "score")
_BOUNDS = {"value": "", "low": "_low", "high": "_high"}
ESTIMATE_COLUMNS = tuple(f"{name}{suffix}" for name in QUANTITIES for suffix in _BOUNDS.values())
_SEPARATOR = "; "  # between the countries of a run


def columns(labels: Sequence[str]) -> list[str]:
    """Column names of the rows of a model with these labels."""
    names = ["doc_id", "run"]
    for label in labels:
        names += [label, *(f"{label}_{key}" for key in (*_EVIDENCE, *_extra_keys(label)))]
    return [*names, *ESTIMATE_COLUMNS, "assumptions", "source", "sha256", "error"]


def _extra_keys(label: str) -> list[str]:
    return [f.name for f in fields(_VALUE_TYPES.get(label, Name)) if f.name != "value"]


def rows_of(record: Record) -> list[dict[str, Any]]:
    """One row a run; a document without runs has one row, with ``run`` empty."""
    head = {"doc_id": record.document.id, "run": None}
    written = record.as_dict()
    tail = {name: written[name] for name in ("source", "sha256", "error")}
    runs: list[dict[str, Any]] = []
    for number, run in enumerate(record.runs, start=1):
        row: dict[str, Any] = {**head, "run": number}
        for label in record.labels:
            row |= _cells(label, run.fields.get(label, ()))
        row |= _estimate_cells(run.estimates) if run.estimates else {}
        runs.append(row | tail)
    return runs or [head | tail]


def _cells(label: str, values: Sequence[FieldValue]) -> dict[str, Any]:
    """Cells of one label; several values stand in one cell, the evidence is the first one's."""
    if not values:
        return {}
    first = values[0]
    cells: dict[str, Any] = {f"{label}_{key}": getattr(first, key) for key in _EVIDENCE}
    for key in ("value", *_extra_keys(label)):
        name = label if key == "value" else f"{label}_{key}"
        if len(values) == 1:
            cells[name] = getattr(first.value, key)
        else:
            cells[name] = _SEPARATOR.join(str(getattr(value.value, key)) for value in values)
    return cells


def _estimate_cells(estimates: Estimates) -> dict[str, Any]:
    """Cells of a run's estimates; the assumptions stand in one cell, as JSON."""
    written = estimates.as_dict()
    cells = {
        f"{name}{suffix}": written[name] and written[name][key]
        for name in QUANTITIES
        for key, suffix in _BOUNDS.items()
    }
    assumptions = written["assumptions"]
    return cells | ({"assumptions": json.dumps(assumptions, ensure_ascii=False)} if assumptions else {})
