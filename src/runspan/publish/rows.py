"""A record → one flat row a run, for CSV, Parquet and the terminal."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from runspan.base.estimates import QUANTITIES
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
    pages = [f"{label}_page" for label in labels]
    return [*names, *ESTIMATE_COLUMNS, "assumptions", *pages, "source", "sha256", "error"]


def _extra_keys(label: str) -> list[str]:
    return [f.name for f in fields(_VALUE_TYPES.get(label, Name)) if f.name != "value"]


def rows_of(record: Mapping[str, Any], labels: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of a record as JSON has it, one a run; a document without runs has one row, with ``run`` empty."""
    head = {"doc_id": record["id"], "run": None}
    tail = {name: record[name] for name in ("source", "sha256", "error")}
    runs: list[dict[str, Any]] = []
    for number, run in enumerate(record["runs"], start=1):
        row: dict[str, Any] = {**head, "run": number}
        for label in labels:
            row |= _cells(label, run[label])
        row |= _estimate_cells(run["estimates"]) if run["estimates"] else {}
        runs.append(row | tail)
    return runs or [head | tail]


def _cells(label: str, found: Any) -> dict[str, Any]:
    """Cells of one label; several values stand in one cell, the evidence is the first one's."""
    values = found if isinstance(found, list) else [found] if found else []
    if not values:
        return {}
    first = values[0]
    cells: dict[str, Any] = {f"{label}_{key}": first.get(key) for key in (*_EVIDENCE, "page")}
    for key in ("value", *_extra_keys(label)):
        name = label if key == "value" else f"{label}_{key}"
        if len(values) == 1:
            cells[name] = first[key]
        else:
            cells[name] = _SEPARATOR.join(str(value[key]) for value in values)
    return cells


def _estimate_cells(estimates: Mapping[str, Any]) -> dict[str, Any]:
    """Cells of a run's estimates; the assumptions stand in one cell, as JSON."""
    cells = {
        f"{name}{suffix}": estimates[name] and estimates[name][key]
        for name in QUANTITIES
        for key, suffix in _BOUNDS.items()
    }
    assumptions = estimates["assumptions"]
    return cells | ({"assumptions": json.dumps(assumptions, ensure_ascii=False)} if assumptions else {})
