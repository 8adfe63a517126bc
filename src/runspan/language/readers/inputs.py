"""Paths that a user names → the documents in them, in order, without opening a file before its turn."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from runspan.base.errors import RunspanError, UnreadableError
from runspan.base.records import ReadDocument
from runspan.language.readers import json_lines, parquet, single
from runspan.language.readers.files import STDIN, FileFacts, file_facts, file_system, is_url
from runspan.language.readers.folders import suffix_of, walk_folder, walk_url
from runspan.language.readers.input_documents import InputDocument
from runspan.language.readers.options import ReadOptions

READABLE_SUFFIXES = single.SUFFIXES | json_lines.SUFFIXES | parquet.SUFFIXES
_KNOWN = ", ".join(sorted(READABLE_SUFFIXES)) + " (also .gz)"

_UNKNOWN = FileFacts(0, "")


@dataclass(frozen=True)
class Inputs:
    """The documents of the paths that a user named. Each iteration finds them anew.

    Args:
        paths: Files and folders, local ones or URLs that fsspec knows, or ``-`` for JSON lines on stdin. Files come as
            given, folders searched for readable files in order of path.
        options: How they are read.
        excluded: What a job writes: no input, also where it lies in a folder of them.

    Raises:
        RunspanError: A path doesn't exist, a file has an unknown suffix, or a folder holds no readable file.
    """

    paths: tuple[str, ...]
    options: ReadOptions = field(default_factory=ReadOptions)
    excluded: Collection[Path] = ()

    def __post_init__(self) -> None:
        for path in self.paths:
            if path != STDIN:
                self._check(path)

    def __iter__(self) -> Iterator[InputDocument]:
        for id, path, facts in self._files():
            yield from _documents(id, path, facts, self.options)

    def size(self) -> int | None:
        """The ``size`` of all documents together; ``None`` where that would take reading them."""
        total = 0
        for _, path, facts in self._files():
            suffix = suffix_of(path)
            if path == STDIN or suffix in parquet.SUFFIXES or (suffix in json_lines.SUFFIXES and path.endswith(".gz")):
                return None
            is_lines = suffix in json_lines.SUFFIXES
            total += facts.size if is_lines else single.single_input(path, "", facts, self.options).size
        return total

    def _files(self) -> Iterator[tuple[str, str, FileFacts]]:
        """Ids, paths and facts of the files."""
        for name in self.paths:
            if name == STDIN:
                yield name, name, _UNKNOWN
            elif is_url(name):
                yield from _url_files(name)
            elif Path(name).is_dir():
                for id, path in walk_folder(Path(name), READABLE_SUFFIXES, self.excluded):
                    yield id, path, _facts(path)
            else:
                yield _bare_name(name), name, _facts(name)

    def _check(self, name: str) -> None:
        if is_url(name):
            next(_url_files(name))
        elif Path(name).is_dir():
            if next(walk_folder(Path(name), READABLE_SUFFIXES, self.excluded), None) is None:
                raise RunspanError(f"{name}: no readable file in this folder; expected {_KNOWN}")
        elif not Path(name).is_file():
            raise RunspanError(f"{name}: no such file or folder; expected {_KNOWN}, a folder of them, or - for stdin")
        elif Path(name).resolve() in self.excluded:
            raise RunspanError(f"{name}: is the output too, and would be replaced; give another --output")
        else:
            _check_suffix(name)


def read_documents(inputs: Iterable[InputDocument]) -> Iterator[ReadDocument]:
    """Documents, read one after the other; one that can't be read comes as an error, in its place."""
    return (document.read() for document in inputs)


def _documents(id: str, path: str, facts: FileFacts, options: ReadOptions) -> Iterator[InputDocument]:
    suffix = suffix_of(path)
    if path == STDIN or suffix in json_lines.SUFFIXES:
        yield from json_lines.json_lines(path, options)
    elif suffix in parquet.SUFFIXES:
        yield from parquet.parquet_rows(path, options)
    else:
        yield single.single_input(path, id, facts, options)


def _url_files(url: str) -> Iterator[tuple[str, str, FileFacts]]:
    system = file_system(url)
    try:
        if not system.isdir(url):
            _check_suffix(url)
            yield _bare_name(url), url, file_facts(url)
            return
        files = list(walk_url(url, READABLE_SUFFIXES))
    except (OSError, UnreadableError) as error:
        raise RunspanError(f"{url}: can't be read ({error}); expected a file or folder of {_KNOWN}") from error
    if not files:
        raise RunspanError(f"{url}: no readable file in this folder; expected {_KNOWN}")
    yield from files


def _check_suffix(name: str) -> None:
    if suffix_of(name) not in READABLE_SUFFIXES:
        raise RunspanError(f"{name}: files of type {suffix_of(name) or '(none)'} can't be read; expected {_KNOWN}")


def _bare_name(path: str) -> str:
    return Path(path.removesuffix(".gz")).stem


def _facts(path: str) -> FileFacts:
    try:
        return file_facts(path)
    except UnreadableError:  # gone: reading it says so
        return _UNKNOWN
