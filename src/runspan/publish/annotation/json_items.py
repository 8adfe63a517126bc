"""Objects of JSON files, each with its line and column."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runspan.publish.annotation.intake import Intake, Place

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def read_lines(file: Path, intake: Intake, item: str) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Objects of a file of JSON lines; a line that holds none is a fault."""
    for number, line in enumerate((read_text(file, intake) or "").split("\n"), start=1):
        if not line.strip():
            continue
        place = Place(str(file), number, 1, item)
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            intake.fault(place, f"no JSON ({error}); expected an object a line")
            continue
        if isinstance(value, dict):
            yield place, value
        else:
            intake.fault(place, f"found {type(value).__name__}; expected an object")


def read_list(file: Path, intake: Intake, item: str) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Objects of a file that holds a JSON list of them; an item that is none is a fault."""
    text = read_text(file, intake)
    if text is None:
        return
    line_starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def place(offset: int, name: str = "") -> Place:
        line = bisect_right(line_starts, offset)
        return Place(str(file), line, offset - line_starts[line - 1] + 1, name)

    try:
        for number, (offset, value) in enumerate(_list_items(text), start=1):
            if isinstance(value, dict):
                yield place(offset, f"{item} {number}"), value
            else:
                intake.fault(place(offset, f"{item} {number}"), f"found {type(value).__name__}; expected an object")
    except _NoListError as error:
        found = repr(text[error.offset : error.offset + 20]) if text[error.offset :] else "the end of the file"
        intake.fault(place(error.offset), f"found {found}; expected {error.expected}")


class _NoListError(Exception):
    """A text that is no JSON list from ``offset`` on."""

    def __init__(self, offset: int, expected: str) -> None:
        super().__init__(expected)
        self.offset, self.expected = offset, expected


def _list_items(text: str) -> Iterator[tuple[int, Any]]:
    """Items of a JSON list, each with its offset.

    Raises:
        _NoListError: What follows is no list, or its end, or JSON.
    """
    end = _next(text, 0)
    if text[end : end + 1] != "[":
        raise _NoListError(end, "a list: [{…}, …]")
    end = _next(text, end + 1)
    while text[end : end + 1] != "]":
        try:
            value, stop = _DECODER.raw_decode(text, end)
        except (ValueError, RecursionError) as error:
            raise _NoListError(end, f"an object ({error})") from error
        yield end, value
        end = _next(text, stop)
        if text[end : end + 1] != ",":
            break
        end = _next(text, end + 1)
    if text[end:].strip() != "]":
        raise _NoListError(end, ", or ] and nothing behind it")


def _next(text: str, offset: int) -> int:
    """Offset of the next character that is not white space."""
    match = _SPACE.match(text, offset)
    return match.end() if match else offset


def read_text(file: Path, intake: Intake) -> str | None:
    """A file's text without a byte order mark; ``None``, and a fault, where it can't be read."""
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        intake.fault(Place(str(file)), f"byte {error.start} is not UTF-8: save the file as UTF-8")
    except OSError as error:
        intake.fault(Place(str(file)), f"can't be read ({error.strerror or error})")
    return None


def first_given(*ids: Any) -> str:
    """The first of several ids that is not null, as text."""
    return next(str(id) for id in ids if id is not None)


def json_line(value: Any) -> bytes:
    """A value on one line, in ASCII: tools that guess an encoding or split at U+2028 then read it all the same."""
    return json.dumps(value).encode("ascii") + b"\n"
