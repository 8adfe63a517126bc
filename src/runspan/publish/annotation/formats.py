"""The formats that documents come in and go to, and which of them a path holds."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, cast

from runspan.base.documents import Document
from runspan.base.errors import RunspanError
from runspan.base.records import SCHEMA
from runspan.publish.annotation.intake import Intake
from runspan.publish.annotation.outgoing import Target


class Codec(Protocol):
    """The module of a format."""

    def read(self, paths: Sequence[Path], intake: Intake) -> None:
        """Take in the documents of files."""

    def write(self, documents: Sequence[Document], target: Target) -> Counter[str]:
        """Write documents; what was left out, by name."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format.

    Attributes:
        module: Its module in this package, loaded when it is needed.
        suffixes: Suffixes of its files.
        is_folder: Whether it writes a folder rather than a file.
        has_offsets: Whether its spans have offsets, in a unit of the tool's.
    """

    module: str
    suffixes: tuple[str, ...]
    is_folder: bool = False
    has_offsets: bool = False

    def codec(self) -> Codec:
        """The module that reads and writes it."""
        return cast(Codec, import_module(f"{__package__}.{self.module}"))


FORMATS = {
    "seeds": Format("seed_files", (".txt",), is_folder=True),
    "labelstudio": Format("labelstudio", (".json",), has_offsets=True),
    "doccano": Format("doccano", (".jsonl",), has_offsets=True),
    "prodigy": Format("prodigy", (".jsonl",), has_offsets=True),
    "brat": Format("brat", (".ann",), is_folder=True, has_offsets=True),
    "conll": Format("conll", (".conll", ".iob", ".iob2", ".bio")),
    "parquet": Format("bio_parquet", (".parquet",)),
}
RECORDS = "records"  # read only: see predictions.py
SOURCES = (*FORMATS, RECORDS)
_LINES = ".jsonl"
_KEYS = {"prodigy": {"spans", "tokens", "answer", "_input_hash"}, "doccano": {"label", "labels", "entities"}}


def recognize(path: Path) -> str:
    """The format of a file, by its suffix and, for JSON lines, its first line; of a folder, by the files in it.

    Raises:
        RunspanError: There is no such path, or no format is sure.
    """
    if not path.exists():
        raise RunspanError(f"{path}: no such file or folder")
    if path.is_dir():
        suffixes = {file.suffix for file in path.rglob("*") if file.is_file()}
        found = next((name for name in ("brat", "parquet", "seeds") if suffixes & {*FORMATS[name].suffixes}), None)
    elif path.suffix == _LINES:
        found = _recognize_lines(path)
    else:
        found = next((name for name, one in FORMATS.items() if path.suffix in one.suffixes), None)
    if found is None:
        raise RunspanError(f"{path}: is of no format that shows; name it with --from ({', '.join(SOURCES)})")
    return found


def _recognize_lines(path: Path) -> str | None:
    row = _first_row(path)
    if row.get("schema") == SCHEMA:
        return RECORDS
    found = [name for name, keys in _KEYS.items() if keys & row.keys()]
    return found[0] if len(found) == 1 else None


def _first_row(path: Path) -> dict[str, Any]:
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as lines:
            line = next(islice((line for line in lines if line.strip()), 1), "")
        row = json.loads(line)
    except (OSError, ValueError, RecursionError):
        return {}
    return row if isinstance(row, dict) else {}
