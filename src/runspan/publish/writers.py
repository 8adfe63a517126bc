"""Records → JSON lines, Parquet or CSV. A file appears under its name when it is whole."""

import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from runspan.base.errors import RunspanError
from runspan.base.records import Record
from runspan.publish.rows import ESTIMATE_COLUMNS, columns, rows_of

STDOUT = "-"
SUFFIXES = (".jsonl", ".parquet", ".csv")
_ROWS_AT_ONCE = 1000


class _Format(Protocol):
    def write(self, record: Record) -> None: ...

    def close(self) -> None: ...


class RecordWriter:
    """Writes records to ``output`` as they come; a context manager.

    What was written goes to ``output.partial`` and gets its name when the writer is closed: also after an
    interruption (whatever is finished is kept), but not after an error.

    Args:
        output: A path that ends in one of :data:`SUFFIXES`, or ``-`` for JSON lines on stdout.
        labels: Labels of the records' model, in order.

    Raises:
        RunspanError: The suffix is unknown, or the path can't be written.
    """

    def __init__(self, output: str, labels: Sequence[str]) -> None:
        self._path = None if output == STDOUT else check_output(output)
        self._labels = labels
        self._written = 0

    def __enter__(self) -> "RecordWriter":
        if self._path is None:
            self._format: _Format = _JsonLines(sys.stdout.buffer)
            return self
        self._partial = self._path.with_name(self._path.name + ".partial")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._partial.open("wb")
        except OSError as error:
            raise RunspanError(f"{self._path}: can't be written ({error.strerror or error})") from error
        formats = {".jsonl": _JsonLines, ".csv": _Csv, ".parquet": _Parquet}
        format_type: Any = formats[self._path.suffix]
        self._format = format_type(self._file) if format_type is _JsonLines else format_type(self._file, self._labels)
        return self

    def write(self, record: Record) -> None:
        """Write one record.

        Raises:
            RunspanError: The file can't be written (the disk is full, say).
        """
        try:
            self._format.write(record)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise RunspanError(f"{self._path}: can't be written ({error.strerror or error})") from error
        self._written += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._path is None:
            sys.stdout.buffer.flush()
            return
        try:
            self._format.close()
            self._file.close()
        except OSError as failure:
            self._partial.unlink(missing_ok=True)
            if kind is None:
                raise RunspanError(f"{self._path}: can't be written ({failure.strerror or failure})") from failure
            return
        if kind is None or (issubclass(kind, KeyboardInterrupt) and self._written):
            self._partial.replace(self._path)
        else:
            self._partial.unlink()


def check_output(output: str) -> Path:
    """The path of an output file.

    Raises:
        RunspanError: Its suffix is unknown, or it is a folder.
    """
    path = Path(output)
    if path.suffix not in SUFFIXES:
        raise RunspanError(f"{output}: unknown type of output; expected {', '.join(SUFFIXES)}, or - for JSON lines")
    if path.is_dir():
        raise RunspanError(f"{output}: is a folder; expected a file name that ends in {', '.join(SUFFIXES)}")
    return path


class _JsonLines:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, record: Record) -> None:
        line = json.dumps(record.as_dict(), ensure_ascii=False)
        # a lone surrogate has no UTF-8 form: such a line is written with escapes
        data = line.encode("utf-8") if line.isascii() or _encodable(line) else json.dumps(record.as_dict()).encode()
        self._file.write(data + b"\n")

    def close(self) -> None:
        pass


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


class _Csv:
    def __init__(self, file: IO[bytes], labels: Sequence[str]) -> None:
        self._file = file
        self._columns = columns(labels)
        self._write_row(self._columns)

    def _write_row(self, cells: Sequence[Any]) -> None:
        csv.writer(_Encoded(self._file)).writerow(cells)

    def write(self, record: Record) -> None:
        for row in rows_of(record):
            self._write_row([row.get(name) for name in self._columns])

    def close(self) -> None:
        pass


class _Encoded:
    """A text file for the csv module over a binary one."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, text: str) -> None:
        self._file.write(text.encode("utf-8", "backslashreplace"))


class _Parquet:
    def __init__(self, file: IO[bytes], labels: Sequence[str]) -> None:
        self._schema = pa.schema([(name, _arrow_type(name, labels)) for name in columns(labels)])
        self._writer = pq.ParquetWriter(file, self._schema)
        self._rows: list[dict[str, Any]] = []

    def write(self, record: Record) -> None:
        self._rows += rows_of(record)
        if len(self._rows) >= _ROWS_AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        rows = [{name: _clean(row.get(name)) for name in self._schema.names} for row in self._rows]
        self._writer.write_table(pa.Table.from_pylist(rows, schema=self._schema))
        self._rows = []

    def close(self) -> None:
        if self._rows:
            self._flush()
        self._writer.close()


def _clean(cell: Any) -> Any:
    return cell.encode("utf-8", "backslashreplace").decode() if isinstance(cell, str) else cell


_WHOLE = ("params", "gpu_count", "year")


def _arrow_type(name: str, labels: Sequence[str]) -> pa.DataType:
    if name in ESTIMATE_COLUMNS:
        return pa.float64()
    label = next(
        (one for one in sorted(labels, key=len, reverse=True) if name == one or name.startswith(f"{one}_")), ""
    )
    key = name[len(label) + 1 :] if label else name
    if key in ("start", "end", "run"):
        return pa.int64()
    if key == "score" or key == "memory_gb" or (label == "training" and key in ("", "low", "high")):
        return pa.float64()
    return pa.int64() if label in _WHOLE and key in ("", "low", "high") else pa.string()
