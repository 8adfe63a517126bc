"""JSON lines of records → dictionaries."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runspan.base.errors import RunspanError
from runspan.base.records import SCHEMA

_KEYS = {"id", "sha256", "spans", "runs", "error"}


def read_records(file: Path) -> Iterator[dict[str, Any]]:
    """Records of a file that ``infer.py`` wrote, in order.

    Raises:
        RunspanError: The file can't be read, or a line is no record.
    """
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise RunspanError(f"{file}: can't be read ({error}); expected JSON lines written by infer.py") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _read_line(line, f"{file}:{number}")


def _read_line(line: str, place: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise RunspanError(f"{place}: no JSON ({error}); expected a record written by infer.py") from error
    if not isinstance(record, dict) or record.get("schema") != SCHEMA or not record.keys() >= _KEYS:
        raise RunspanError(f'{place}: no record; expected "schema": "{SCHEMA}" as infer.py --output *.jsonl writes it')
    return record
