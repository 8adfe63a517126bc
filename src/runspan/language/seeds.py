"""Seed files → documents: every fault of every file at once, nothing skipped."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from runspan.base.documents import Document
from runspan.base.errors import Fault, FaultsError, RunspanError
from runspan.base.labels import LABELS
from runspan.language import bio, markup


def find_seed_files(paths: Iterable[str | Path]) -> list[tuple[str, Path]]:
    """Seed files with their document ids: files as given, folders searched for ``*.txt``.

    A document's id is its path below the folder that was named, without suffix; a file's stem where a file was named.
    Where that id is taken already, the folder's name is put before it.

    Raises:
        RunspanError: A path doesn't exist, a folder holds no seed file, or two files would share an id all the same.
    """
    found: dict[str, Path] = {}
    seen: set[Path] = set()
    for path in map(Path, paths):
        if not path.exists():
            raise RunspanError(f"{path}: no such file or folder; expected seed files (*.txt with inline tags)")
        files = [(path.stem, path)] if path.is_file() else _files_below(path)
        if not files:
            raise RunspanError(f"{path}: no seed file in it; expected at least one *.txt with inline tags")
        for id, file in files:
            if file.resolve() in seen:
                continue
            seen.add(file.resolve())
            if id in found:
                id = f"{(path if path.is_dir() else file.parent).resolve().name}/{id}"
            if id in found:
                raise RunspanError(f"{file}: has the id {id!r} of {found[id]}; rename one of them")
            found[id] = file
    return list(found.items())


def _files_below(folder: Path) -> list[tuple[str, Path]]:
    files = sorted(file for file in folder.rglob("*.txt") if file.is_file())
    return [(file.relative_to(folder).with_suffix("").as_posix(), file) for file in files]


def read_seeds(paths: Iterable[str | Path], labels: Sequence[str] = LABELS) -> list[Document]:
    """Documents of seed files, in order of path.

    Raises:
        FaultsError: With every fault of every file.
        RunspanError: As :func:`find_seed_files`.
    """
    documents, faults = [], []
    for id, file in find_seed_files(paths):
        document, found = read_seed(file, id, labels)
        documents.append(document)
        faults += found
    if faults:
        raise FaultsError(faults)
    return documents


def read_seed(file: Path, id: str, labels: Sequence[str] = LABELS) -> tuple[Document, list[Fault]]:
    """One seed file: its document and its faults, of the markup and of spans that words can't carry."""
    try:
        tagged = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8: save the file as UTF-8"
        return Document(id, "", (), str(file)), [Fault(str(file), 0, 0, message)]
    document, faults, places = markup.parse(tagged, id, str(file), labels)
    beyond_words = [Fault(str(file), *places[i], message) for i, message in bio.unrepresentable(document)]
    return document, faults + beyond_words
