"""Objects of JSON files, each with its line and column."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runspan.base.errors import position
from runspan.publish.annotation.intake import Intake, Place

_SPACE = re.compile(r"[ \t\r\n]*")


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
    decoder = json.JSONDecoder()
    end = _SPACE.match(text).end()  # type: ignore[union-attr]
    if text[end : end + 1] != "[":
        found = repr(text[end : end + 20]) if text[end:] else "nothing"
        intake.fault(Place(str(file), *position(text, end)), f"found {found}; expected a list of {item}s: [{{…}}, …]")
        return
    line, line_start, counted, number, separator = 1, 0, 0, 0, "["
    while text[end : end + 1] == separator:
        begin = _SPACE.match(text, end + 1).end()  # type: ignore[union-attr]
        line += text.count("\n", counted, begin)
        line_start, counted = text.rfind("\n", 0, begin) + 1 if "\n" in text[counted:begin] else line_start, begin
        if separator == "[" and text[begin : begin + 1] == "]":
            end = begin
            break
        number += 1
        separator = ","
        place = Place(str(file), line, begin - line_start + 1, f"{item} {number}")
        try:
            value, stop = decoder.raw_decode(text, begin)
        except (ValueError, RecursionError) as error:
            intake.fault(place, f"no JSON ({error}); expected an object")
            return
        end = _SPACE.match(text, stop).end()  # type: ignore[union-attr]
        if isinstance(value, dict):
            yield place, value
        else:
            intake.fault(place, f"found {type(value).__name__}; expected an object")
    if text[end:].strip() != "]":
        found = repr(text[end : end + 20]) if text[end:] else "the end of the file"
        intake.fault(Place(str(file), *position(text, end)), f"found {found}; expected ] and nothing behind it")


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
