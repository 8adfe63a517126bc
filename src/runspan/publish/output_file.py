"""Lines of records → the file that was asked for: JSON lines, Parquet or CSV, here or on another file system.

A file appears under its name when it is whole.
"""

import csv
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import IO, Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from runspan.base.errors import RunspanError
from runspan.language.readers.files import file_system, is_url, reason
from runspan.publish.rows import ESTIMATE_COLUMNS, columns, rows_of

STDOUT = "-"
SUFFIXES = (".jsonl", ".parquet", ".csv")
_ROWS_AT_ONCE = 1000


class OutputFile:
    """A file of records.

    Args:
        name: A path or URL that ends in one of :data:`SUFFIXES`.

    Raises:
        RunspanError: The suffix is unknown, or it is a folder.
    """

    def __init__(self, name: str) -> None:
        self.name, self._suffix = name, Path(name).suffix
        if self._suffix not in SUFFIXES:
            raise RunspanError(f"{name}: unknown type of output; expected {', '.join(SUFFIXES)}, or - for JSON lines")
        if is_url(name):
            file_system(name)
        elif Path(name).is_dir():
            raise RunspanError(f"{name}: is a folder; expected a file name that ends in {', '.join(SUFFIXES)}")

    @property
    def local(self) -> Path:
        """Where the file, or what becomes of it, lies on this machine."""
        if not is_url(self.name):
            return Path(self.name)
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return cache / "runspan" / "jobs" / f"{hashlib.sha256(self.name.encode()).hexdigest()[:16]}{self._suffix}"

    def publish(self, lines: Iterable[bytes], labels: Sequence[str], whole: Path | None = None) -> None:
        """Write records under the file's name.

        Args:
            lines: The records as JSON lines.
            labels: Labels of their model, in order.
            whole: A file that holds these lines; where they are what was asked for, it is moved in place of writing.

        Raises:
            RunspanError: The file can't be written.
        """
        try:
            made = self.local.with_name(self.local.name + ".writing")
            if self._suffix == ".jsonl" and whole is not None:
                made = whole
            else:
                _write_file(lines, made, self._suffix, labels)
            if is_url(self.name):
                _upload(made, self.name)
                made.unlink()
            else:
                made.replace(self.local)
        except OSError as error:
            raise RunspanError(f"{self.name}: can't be written ({reason(error)})") from error


def _upload(made: Path, url: str) -> None:
    system = file_system(url)
    with made.open("rb") as source, system.open(url, "wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)


def _write_file(lines: Iterable[bytes], made: Path, suffix: str, labels: Sequence[str]) -> None:
    try:
        with made.open("wb") as file:
            _write(lines, file, suffix, labels)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def _write(lines: Iterable[bytes], file: IO[bytes], suffix: str, labels: Sequence[str]) -> None:
    if suffix == ".jsonl":
        file.writelines(lines)
        return
    table: _Table = _Csv(file, labels) if suffix == ".csv" else _Parquet(file, labels)
    with closing(table):
        for line in lines:
            table.write(rows_of(json.loads(line), labels))


class _Table(Protocol):
    def write(self, rows: Sequence[Mapping[str, Any]]) -> None: ...

    def close(self) -> None: ...


class _Csv:
    def __init__(self, file: IO[bytes], labels: Sequence[str]) -> None:
        self._rows = csv.writer(_Encoded(file))
        self._columns = columns(labels)
        self._rows.writerow(self._columns)

    def write(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._rows.writerows([row.get(name) for name in self._columns] for row in rows)

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
        self._rows: list[Mapping[str, Any]] = []

    def write(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._rows += rows
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
    if key in ("start", "end", "page", "run"):
        return pa.int64()
    if key == "score" or key == "memory_gb" or (label == "training" and key in ("", "low", "high")):
        return pa.float64()
    return pa.int64() if label in _WHOLE and key in ("", "low", "high") else pa.string()
