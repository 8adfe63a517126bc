"""JSON lines: a document a line, in plain or packed files and on stdin."""

import codecs
import hashlib
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from runspan.base.documents import Document
from runspan.base.errors import UnreadableError
from runspan.base.records import ReadDocument
from runspan.language.readers.content import HEAD, NAMES, sniff
from runspan.language.readers.decoding import decode
from runspan.language.readers.files import STDIN, open_file
from runspan.language.readers.input_documents import InputDocument, failed, failed_input
from runspan.language.readers.options import ReadOptions
from runspan.language.readers.single import check_length

SUFFIXES = frozenset({".jsonl", ".ndjson"})


def json_lines(path: str, options: ReadOptions) -> Iterator[InputDocument]:
    """The documents of a file, or of stdin. A line that is none is one that can't be read."""
    source = "stdin" if path == STDIN else path
    limit = 12 * options.max_chars + 65536  # bytes: a character can take twelve, written as an escaped pair
    number = 0
    try:
        with open_file(path) as file:
            while line := file.readline(limit + 1):
                number += 1
                line = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
                place = f"{source}:{number}"
                if number == 1 and (kind := sniff(line[:HEAD])) not in ("text", "html"):
                    raise UnreadableError(f"is {NAMES.get(kind, 'a PDF file; name it *.pdf')}")
                if len(line) > limit:
                    raise UnreadableError(f"line {number} has over {limit:,} bytes; split it, or raise --max_chars")
                if line.strip():
                    stamp = hashlib.sha256(line).hexdigest()
                    read = partial(_read_line, line, _stem(source), number, place, options)
                    yield InputDocument(f"{_stem(source)}:{number}", place, len(line), stamp, read)
    except UnreadableError as error:
        yield failed_input(_stem(source) if number == 0 else f"{_stem(source)}:{number}", source, str(error))


def _stem(source: str) -> str:
    return Path(source.removesuffix(".gz")).stem


def _read_line(line: bytes, stem: str, number: int, place: str, options: ReadOptions) -> ReadDocument:
    """One document from ``{"id": …, "text": …}``; without an id, the file's name and line number are its id."""
    id = f"{stem}:{number}"
    data, warnings = decode(line)
    try:
        row = json.loads(data)
    except (ValueError, RecursionError) as error:
        return failed(id, place, f"no JSON on this line: {error}")
    text = row.get(options.text_column) if isinstance(row, dict) else None
    if not isinstance(text, str):
        found = f"the keys {', '.join(map(repr, row)) or '(none)'}" if isinstance(row, dict) else type(row).__name__
        return failed(id, place, f'found {found}, expected an object with a string "{options.text_column}"')
    given = row.get(options.id_column)
    try:
        document = Document(id if given is None else str(given), text, source=place)
        return check_length(ReadDocument(document, warnings), options)
    except UnreadableError as error:
        return failed(id, place, str(error))
