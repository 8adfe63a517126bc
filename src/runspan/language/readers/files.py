"""Files by path or by URL (`s3://…`, `gs://…`, `hf://…`: whatever fsspec knows): what they are, and their bytes."""

import gzip
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import fsspec

from runspan.base.errors import RunspanError, UnreadableError

STDIN = "-"
_GZIP = b"\x1f\x8b"
_CHANGED = ("ETag", "etag", "mtime", "LastModified", "updated", "created")  # as file systems call it
_BOMB_BYTES = 1 << 30  # of unpacked text, from where on its proportion to the packed one is looked at
_BOMB_RATIO = 200  # no text is packed so small


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of a file without opening it.

    Attributes:
        size: Bytes.
        stamp: What changes where its content does.
    """

    size: int
    stamp: str


def is_url(path: str) -> bool:
    """Whether a path is on another file system than the local one.

    >>> is_url("s3://bucket/papers"), is_url("papers/a.txt"), is_url("C:/papers")
    (True, False, False)
    """
    return "://" in path


def file_facts(path: str) -> FileFacts:
    """Size and stamp of a file.

    Raises:
        UnreadableError: There is no such file.
    """
    try:
        if not is_url(path):
            found = Path(path).stat()
            return FileFacts(found.st_size, f"{found.st_size}-{found.st_mtime_ns}")
        info = _file_system(path).info(path)
    except (OSError, ImportError, ValueError) as error:
        raise UnreadableError(reason(error)) from error
    return url_facts(info)


def url_facts(info: dict[str, Any]) -> FileFacts:
    """Size and stamp of a file from what its file system says of it."""
    size = int(info.get("size") or 0)
    return FileFacts(size, "-".join([str(size), *(str(info[key]) for key in _CHANGED if info.get(key))]))


def file_system(path: str) -> Any:
    """The file system of a URL.

    Raises:
        RunspanError: It is unknown, or the package that knows it is missing.
    """
    try:
        return _file_system(path)
    except (ImportError, ValueError) as error:
        raise RunspanError(f"{path}: {reason(error)}") from error


def _file_system(path: str) -> Any:
    return fsspec.core.url_to_fs(path)[0]


def read_bytes(path: str, limit: int) -> bytes:
    """Bytes of a file; unpacked where it is a gzip file, whatever its name.

    Raises:
        UnreadableError: It can't be read, or has more than ``limit`` bytes.
    """
    with open_file(path) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise UnreadableError(f"has more than {limit:,} bytes; split it, or raise --max_chars")
    return data


@contextmanager
def open_file(path: str) -> Iterator[IO[bytes]]:
    """A file's bytes, or stdin's; unpacked where it is a gzip file, whatever its name.

    Raises:
        UnreadableError: It can't be opened or read.
    """
    try:
        if path == STDIN:
            yield sys.stdin.buffer
            return
        with fsspec.open(path, "rb") if is_url(path) else Path(path).open("rb") as file:
            is_packed = file.read(len(_GZIP)) == _GZIP
            file.seek(0)
            if is_packed:
                with gzip.GzipFile(fileobj=file) as unpacked:
                    yield io.BufferedReader(_Unpacked(unpacked, file))
            else:
                yield file
    except (OSError, EOFError, ImportError, ValueError) as error:
        raise UnreadableError(f"can't be read: {reason(error)}") from error


def reason(error: BaseException) -> str:
    """What an error of the operating system or of a library says, in one line."""
    text = getattr(error, "strerror", None) or str(error).strip() or type(error).__name__
    return str(text).splitlines()[0]


class _Unpacked(io.RawIOBase):
    """The text of a gzip file, as long as it is one: a file of a few megabytes can hold terabytes of nothing."""

    def __init__(self, unpacked: gzip.GzipFile, packed: IO[bytes]) -> None:
        self._unpacked, self._packed, self._read = unpacked, packed, 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read bytes.

        Raises:
            UnreadableError: There are far more of them than any text has, packed so small.
        """
        data = self._unpacked.read(len(buffer))
        buffer[: len(data)] = data
        self._read += len(data)
        if self._read > _BOMB_BYTES and self._read > _BOMB_RATIO * max(1, self._packed.tell()):
            raise UnreadableError(
                f"is no text: it unpacks to more than {_BOMB_RATIO} times its size (stopped at {self._read:,} bytes)"
            )
        return len(data)
