"""Parquet: a document a row."""

import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from runspan.base.documents import Document
from runspan.base.errors import UnreadableError
from runspan.base.records import ReadDocument
from runspan.language.readers.files import open_file, reason
from runspan.language.readers.input_documents import InputDocument, failed, failed_input
from runspan.language.readers.options import ReadOptions
from runspan.language.readers.single import check_length

SUFFIXES = frozenset({".parquet"})
_ROWS = 64  # at once


def parquet_rows(path: str, options: ReadOptions) -> Iterator[InputDocument]:
    """The documents of a Parquet file. Rows are read a few at a time."""
    stem, number = Path(path).stem, 0
    try:
        with open_file(path) as file:
            table = pq.ParquetFile(file)
            for batch in table.iter_batches(_ROWS, columns=_columns(table.schema_arrow, options)):
                for row in batch.to_pylist():
                    number += 1
                    yield _row(row, stem, number, f"{path}:{number}", options)
    except (UnreadableError, pa.ArrowException) as error:
        yield failed_input(stem if number == 0 else f"{stem}:{number + 1}", path, reason(error))


def _columns(schema: pa.Schema, options: ReadOptions) -> list[str]:
    """The columns to read.

    Raises:
        UnreadableError: There is no column of texts.
    """
    names = list(schema.names)
    if options.text_column not in names:
        raise UnreadableError(
            f"found the columns {', '.join(names) or '(none)'}, expected one called {options.text_column!r}; "
            "name it with --text_column"
        )
    return [options.text_column] + [options.id_column] * (options.id_column in names)


def _row(row: dict[str, Any], stem: str, number: int, place: str, options: ReadOptions) -> InputDocument:
    text, given = row[options.text_column], row.get(options.id_column)
    id = f"{stem}:{number}" if given is None else str(given)
    if not isinstance(text, str):
        return failed_input(id, place, f"found {type(text).__name__} in {options.text_column!r}, expected text")
    stamp = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return InputDocument(id, place, len(text), stamp, partial(_read_row, text, id, place, options))


def _read_row(text: str, id: str, place: str, options: ReadOptions) -> ReadDocument:
    try:
        return check_length(ReadDocument(Document(id, text, source=place)), options)
    except UnreadableError as error:
        return failed(id, place, str(error))
