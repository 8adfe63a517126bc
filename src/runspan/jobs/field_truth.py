"""What the fields of whole documents should be: a file of JSON lines → true fields, checked.

One object a line::

    {"id": "paper_016", "year": 2022, "country": ["China", "Taiwan"], "hardware": "NVIDIA GeForce GTX 1080 Ti GPU",
     "gpu_count": 1, "training_hours": 48, "parameter_count": 25000000, "not_annotated": []}

``null`` says that the document states no such thing; where the field is also under ``not_annotated``, that nobody
looked, and the field of this document isn't scored. Countries are names, hardware is as the document writes it.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runspan.base.errors import RunspanError
from runspan.jobs.json_lines import read_json_lines
from runspan.language.normalize import normalize_country

FIELDS = {  # name → label of the records' field
    "year": "year",
    "country": "country",
    "hardware": "hardware",
    "gpu_count": "gpu_count",
    "training_hours": "training",
    "parameter_count": "params",
}


@dataclass(frozen=True, slots=True)
class FieldTruth:
    """The true fields of one document.

    Attributes:
        id: The document's id, as its record has it.
        values: A value for each of :data:`FIELDS` that was annotated: a whole number for the year, a frozen set of ISO
            codes for the countries, text for the hardware, a number else; ``None`` where the document states none.
    """

    id: str
    values: Mapping[str, Any]


def read_field_truth(file: Path) -> list[FieldTruth]:
    """True fields of a file, in order.

    Raises:
        RunspanError: The file can't be read or holds nothing, two lines have the same id, or a line is not of the form.
    """
    found: dict[str, FieldTruth] = {}
    for place, row in read_json_lines(file, "the true fields"):
        truth = _read_row(row, place)
        if truth.id in found:
            raise RunspanError(f"{place}: the id {truth.id!r} again; expected one line a document")
        found[truth.id] = truth
    return list(found.values())


def _read_row(row: Any, place: str) -> FieldTruth:
    if not isinstance(row, dict) or not isinstance(row.get("id"), str):
        raise RunspanError(f'{place}: expected an object with an "id" and the true fields')
    return FieldTruth(row["id"], dict(_values(row, place)))


def _values(row: Mapping[str, Any], place: str) -> Iterator[tuple[str, Any]]:
    skipped = row.get("not_annotated") or []
    for field in FIELDS:
        if field not in row:
            raise RunspanError(f"{place}: no {field!r}; expected a value, or null where the document states none")
        if row[field] is not None:
            yield field, _value(field, row[field], place)
        elif field not in skipped:
            yield field, None


def _value(field: str, value: Any, place: str) -> Any:
    """A stated value in the form of :class:`FieldTruth`."""
    if field == "country":
        return _codes(value, place)
    if field == "hardware":
        if isinstance(value, str):
            return value
        raise RunspanError(f"{place}: hardware is {value!r}; expected text")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise RunspanError(f"{place}: {field} is {value!r}; expected a number")
    if field == "year":
        if value != int(value):
            raise RunspanError(f"{place}: year is {value!r}; expected a whole number")
        return int(value)
    return float(value)


def _codes(names: Any, place: str) -> frozenset[str]:
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise RunspanError(f"{place}: country is {names!r}; expected a list of names, or null")
    codes = {name: normalize_country(name).value for name in names}
    for name, code in codes.items():
        if code is None:
            raise RunspanError(f"{place}: no country is known as {name!r}; expected names such as 'France' or 'USA'")
    return frozenset(code for code in codes.values() if code)
