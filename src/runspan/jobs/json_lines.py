"""A file of JSON lines → objects with their places, for the files that say what is true."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runspan.base.errors import RunspanError


def read_json_lines(file: Path, what: str) -> Iterator[tuple[str, Any]]:
    """Place (``file:line``) and content of every line that is not empty, in order.

    Args:
        file: The file, in UTF-8.
        what: What the lines should hold, for the messages: ``the true fields``.

    Raises:
        RunspanError: The file can't be read or holds nothing, or a line is no JSON.
    """
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise RunspanError(f"{file}: can't be read ({error}); expected JSON lines with {what}") from error
    if not any(line.strip() for line in lines):
        raise RunspanError(f"{file}: no line in it; expected JSON lines with {what}")
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield f"{file}:{number}", json.loads(line)
            except json.JSONDecodeError as error:
                raise RunspanError(f"{file}:{number}: no JSON ({error}); expected an object with {what}") from error
