"""``runspan show RECORDS.jsonl``: the runs of a records file as a table."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runspan.base.labels import LABELS
from runspan.cli.console import output, table
from runspan.cli.options import Options
from runspan.publish.read_records import read_records


def main(argv: Sequence[str]) -> int:
    """Print the runs."""
    parser = Options("show", "Print the runs of a records file as a table.")
    parser.add_argument("records", metavar="RECORDS.jsonl", type=Path)
    args = parser.parse_args(argv)
    records = list(read_records(args.records))
    runs = [run for record in records for run in record["runs"]]
    labels = [name for name in runs[0] if name != "estimates"] if runs else list(LABELS)
    rows = []
    for record in records:
        for number, run in enumerate(record["runs"] or [{}], start=1):
            cells = [cell(run.get(label)) for label in labels]
            rows.append([record["id"], record["error"] or (number if run else "none found"), *cells])
    output.print(table("Run records", ["document", "run", *labels], rows, text_columns=len(labels) + 2))
    return 0


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
