"""Files → documents: plain text, Markdown and JSON lines. One bad document never takes the others down."""

import codecs
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from runspan.base.documents import Document
from runspan.base.errors import RunspanError
from runspan.base.records import ReadDocument

STDIN = "-"
_TEXT_SUFFIXES = frozenset({".txt", ".md"})
_JSONL_SUFFIXES = frozenset({".jsonl"})
READABLE_SUFFIXES = _TEXT_SUFFIXES | _JSONL_SUFFIXES


def find_inputs(paths: Iterable[str], output: str | None = None) -> list[tuple[str, str]]:
    """Files to read with their document ids: files as given, folders searched for readable files in order of path.

    A document's id is its path below the folder that was named, without suffix (with it where two files differ in
    nothing else); a file's stem where a file was named.

    Args:
        paths: Files and folders, or ``-`` for stdin.
        output: A file that is to be written: no input, also where it lies in a folder of them.

    Raises:
        RunspanError: A path doesn't exist, a file has an unknown suffix, or a folder holds no readable file.
    """
    known = ", ".join(sorted(READABLE_SUFFIXES))
    inputs: list[tuple[str, str]] = []
    written = Path(output).resolve() if output and output != STDIN else None
    for name in paths:
        path = Path(name)
        if name == STDIN:
            inputs.append((STDIN, STDIN))
        elif path.is_dir():
            files = sorted(
                file
                for file in path.rglob("*")
                if file.suffix.lower() in READABLE_SUFFIXES and file.is_file() and file.resolve() != written
            )
            if not files:
                raise RunspanError(f"{name}: no readable file in this folder; expected {known}")
            inputs += _with_ids(path, files)
        elif not path.is_file():
            raise RunspanError(f"{name}: no such file or folder; expected {known}, a folder of them, or - for stdin")
        elif path.suffix.lower() not in READABLE_SUFFIXES:
            raise RunspanError(f"{name}: files of type {path.suffix or '(none)'} can't be read; expected {known}")
        elif path.resolve() == written:
            raise RunspanError(f"{name}: is the output too, and would be replaced; give another --output")
        else:
            inputs.append((path.stem, name))
    return inputs


def _with_ids(folder: Path, files: list[Path]) -> list[tuple[str, str]]:
    """Files of a folder with their ids; those that differ in nothing but the suffix keep it."""
    stems = Counter(file.with_suffix("") for file in files)
    names = [file if stems[file.with_suffix("")] > 1 else file.with_suffix("") for file in files]
    return [(name.relative_to(folder).as_posix(), str(file)) for name, file in zip(names, files, strict=True)]


def read_documents(inputs: Iterable[tuple[str, str]]) -> Iterator[ReadDocument]:
    """Documents of the files that :func:`find_inputs` found, in order.

    A document that can't be read comes as an error, in its place.
    """
    for id, source in inputs:
        if source == STDIN:
            yield from _read_jsonl(sys.stdin.buffer, "stdin")
        elif Path(source).suffix.lower() in _JSONL_SUFFIXES:
            yield from _read_jsonl_file(source, id)
        else:
            yield _read_text(source, id)


def _read_text(source: str, id: str) -> ReadDocument:
    try:
        data = Path(source).read_bytes()
    except OSError as error:
        return _failed(id, source, f"can't be read: {error.strerror or error}")
    text, warnings = _decode(data)
    return ReadDocument(Document(id, text, source=source), warnings)


def _decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        text = data.decode("utf-8", "replace")
        return text, (f"not UTF-8 from byte {error.start} on: what could not be read was replaced by U+FFFD",)


def _read_jsonl_file(source: str, id: str) -> Iterator[ReadDocument]:
    try:
        with Path(source).open("rb") as file:
            yield from _read_jsonl(file, source)
    except OSError as error:
        yield _failed(id, source, f"can't be read: {error.strerror or error}")


def _read_jsonl(lines: IO[bytes], source: str) -> Iterator[ReadDocument]:
    for number, line in enumerate(lines, start=1):
        line = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
        if line.strip():
            yield _read_json_line(line, number, source)


def _read_json_line(line: bytes, number: int, source: str) -> ReadDocument:
    """One document from ``{"id": …, "text": …}``; without an id, the source and line number are its id."""
    id = f"{Path(source).stem}:{number}"
    place = f"{source}:{number}"
    data, warnings = _decode(line)
    try:
        row = json.loads(data)
    except (ValueError, RecursionError) as error:
        return _failed(id, place, f"no JSON on this line: {error}")
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        found = f"the keys {', '.join(map(repr, row)) or '(none)'}" if isinstance(row, dict) else type(row).__name__
        return _failed(id, place, f'found {found}, expected an object with a string "text"')
    given = row.get("id")
    return ReadDocument(Document(id if given is None else str(given), row["text"], source=place), warnings)


def _failed(id: str, source: str, message: str) -> ReadDocument:
    return ReadDocument(Document(id, "", source=source), error=f"{source}: {message}")
