"""Folders → their files, in order of path, one folder's names in memory at a time."""

import os
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from runspan.language.readers.files import FileFacts, file_system, url_facts


def walk_folder(folder: Path, suffixes: Collection[str], excluded: Collection[Path]) -> Iterator[tuple[str, str]]:
    """Ids and paths of the files of a folder and the folders in it.

    An id is the file's path below the folder, without suffix; with it where two files differ in nothing else. Links are
    followed, and each folder is read once.

    Args:
        folder: Where to look.
        suffixes: Of the files that are wanted.
        excluded: Resolved paths of files and folders that are left out.
    """
    return _walk(folder, "", set(), suffixes, excluded)


def _walk(
    folder: Path, prefix: str, seen: set[tuple[int, int]], suffixes: Collection[str], excluded: Collection[Path]
) -> Iterator[tuple[str, str]]:
    try:
        kinds = _entries(folder, seen)
    except OSError:
        yield prefix.removesuffix("/"), str(folder)  # which can't be read, as is said where it is tried
        return
    left_out = {path.name for path in excluded}
    suffix = {name: suffix_of(name) for name, is_folder in kinds.items() if not is_folder}
    stems = Counter(_without(name, suffix[name]) for name in suffix if suffix[name] in suffixes)
    for name in sorted(kinds):
        path = folder / name
        if name in left_out and path.resolve() in excluded:
            continue
        if kinds[name]:
            yield from _walk(path, f"{prefix}{name}/", seen, suffixes, excluded)
        elif suffix[name] in suffixes:
            stem = _without(name, suffix[name])
            yield prefix + (name if stems[stem] > 1 else stem), str(path)


def _entries(folder: Path, seen: set[tuple[int, int]]) -> dict[str, bool]:
    """Names of the files and folders in a folder, and whether each is a folder; none where it was seen before."""
    facts = folder.stat()
    place = (facts.st_dev, facts.st_ino)
    if place in seen:
        return {}
    seen.add(place)
    with os.scandir(folder) as entries:
        kinds = {entry.name: _is_folder(entry) for entry in entries}
    return {name: is_folder for name, is_folder in kinds.items() if is_folder is not None}


def _is_folder(entry: "os.DirEntry[str]") -> bool | None:
    """Whether an entry is a folder or a file; ``None`` for what is neither, and for a link to nowhere."""
    try:
        return entry.is_dir() or (False if entry.is_file() else None)
    except OSError:  # links in a circle
        return None


def suffix_of(name: str) -> str:
    """Suffix of a file name in lower case, below a ``.gz``.

    >>> suffix_of("a/Paper.PDF"), suffix_of("notes.jsonl.gz")
    ('.pdf', '.jsonl')
    """
    return PurePosixPath(name.lower().removesuffix(".gz")).suffix


def _without(name: str, suffix: str) -> str:
    bare = name[:-3] if name.lower().endswith(".gz") else name
    return bare[: -len(suffix)]


def walk_url(url: str, suffixes: Collection[str]) -> Iterator[tuple[str, str, FileFacts]]:
    """Ids, URLs and facts of the files of a folder on another file system, in order of path.

    Raises:
        RunspanError: The file system is unknown, or can't be reached.
    """
    system = file_system(url)
    root = system._strip_protocol(url)
    found: dict[str, Any] = system.find(root, detail=True)
    files = {path: info for path, info in found.items() if suffix_of(path) in suffixes}
    stems = Counter(_without(path, suffix_of(path)) for path in files)
    for path in sorted(files, key=lambda path: path.split("/")):
        stem = _without(path, suffix_of(path))
        id = (path if stems[stem] > 1 else stem).removeprefix(root).lstrip("/")
        yield id, system.unstrip_protocol(path), url_facts(files[path])
