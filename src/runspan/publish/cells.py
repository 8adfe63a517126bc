"""A field of a run → a few characters, for tables that people read."""

from collections.abc import Mapping
from typing import Any


def cell(field: Any) -> str:
    """A field of a run in few characters: its value, or its text in quotes where no value could be read.

    >>> cell({"value": 34000000000, "low": None, "text": "34B"})
    '34,000,000,000'
    >>> cell({"value": 672.0, "unit": "hours", "basis": "accelerator_hours", "text": "28 GPU days"})
    '672 accelerator hours'
    >>> cell([{"value": "FR"}, {"value": "DE"}]), cell({"value": None, "text": "some days"}), cell(None)
    ('FR, DE', '"some days"', '')
    """
    if not field:
        return ""
    if isinstance(field, list):
        return ", ".join(cell(one) for one in field)
    if field["value"] is not None:
        return _number(field)
    if field.get("low") is not None:
        return f"{field['low']:,} to {field['high']:,}"
    return '"' + " ".join(field["text"].split()) + '"'


def _number(field: Mapping[str, Any]) -> str:
    value = field["value"]
    if "unit" in field:
        return f"{value:,.10g} {'accelerator ' if field['basis'] == 'accelerator_hours' else ''}hours"
    return f"{value:,}" if isinstance(value, int) and value > 9999 else str(value)
