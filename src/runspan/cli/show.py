"""``runspan show RECORDS.jsonl``: the runs of a records file as a table."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from runspan.base.labels import LABELS
from runspan.cli.console import output, table
from runspan.cli.options import Options
from runspan.publish.cells import cell
from runspan.publish.read_records import read_records


def main(argv: Sequence[str]) -> int:
    """Print the runs."""
    args = parse_options(argv)
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


def parse_options(argv: Sequence[str]) -> argparse.Namespace:
    """What was typed.

    Raises:
        RunspanError: It can't be meant.
    """
    parser = Options("show", "Print the runs of a records file as a table.")
    parser.add_argument("records", metavar="RECORDS.jsonl", type=Path)
    return parser.parse_args(argv)
