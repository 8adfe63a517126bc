"""Documents → files of other tools: what every format shares. Nothing is written before all of it is known to fit."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from runspan.base.documents import Document
from runspan.base.errors import Fault, FaultsError, RunspanError
from runspan.base.labels import LABELS

_NO_NAME = re.compile(r"[\\\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_HALF = re.compile(r"[\ud800-\udfff]")
_PAIR = re.compile(r"[\ud800-\udbff][\udc00-\udfff]")


@dataclass(frozen=True, slots=True)
class Target:
    """Where documents go, and how.

    Attributes:
        output: The file, or the folder for formats of a file a document.
        labels: The labels of the documents' spans, in order.
        are_predicted: The documents come from a model: they are written as suggestions where the format knows these.
        lossless: Columns keep what they would lose.
    """

    output: Path
    labels: Sequence[str] = LABELS
    are_predicted: bool = False
    lossless: bool = False


def check(documents: Iterable[Document], *rules: Callable[[Document], str | None]) -> None:
    """Hold documents to rules, each of which says what is wrong with one.

    Raises:
        FaultsError: Whatever the rules found, in all documents.
    """
    faults = [
        Fault(document.source or document.id, 0, 0, f"document {document.id!r}: {message}")
        for document in documents
        for rule in rules
        if (message := rule(document)) is not None
    ]
    if faults:
        raise FaultsError(faults)


def is_utf8(document: Document) -> str | None:
    """A rule: text and id have a UTF-8 form."""
    for name, text in (("text", document.text), ("id", document.id)):
        if found := _HALF.search(text):
            what = f"character {found.start()} of its {name} is U+{ord(found[0]):04X}, half of a character"
            return f"{what}, which UTF-8 can't hold: write a JSON format, or take it out"
    return None


def is_json(document: Document) -> str | None:
    """A rule: JSON gives back the text."""
    if found := _PAIR.search(document.text):
        return f"characters {found.start()} and {found.start() + 1} are two halves, which JSON makes one character"
    return None


def is_path(document: Document) -> str | None:
    """A rule: the id can name a file below a folder."""
    id = document.id
    path = PurePosixPath(id)
    is_below = bool(id) and path.as_posix() == id and not path.is_absolute() and ".." not in path.parts
    if not is_below or _NO_NAME.search(id):
        return "its id can't name a file below a folder; expected one like cards/001"
    return None


@contextmanager
def new_file(output: Path) -> Iterator[Path]:
    """A path to write to; what stands there takes the name ``output`` when all went well, and else is gone.

    Raises:
        RunspanError: ``output`` is a folder, or can't be written.
    """
    if output.is_dir():
        raise RunspanError(f"{output}: is a folder; expected the name of a file for --output")
    partial = output.with_name(output.name + ".partial")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        partial.replace(output)
    except OSError as error:
        raise RunspanError(f"{output}: can't be written ({error.strerror or error})") from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def write_file(output: Path, pieces: Iterable[bytes]) -> None:
    """Write a file whole.

    Raises:
        RunspanError: As :func:`new_file`.
    """
    with new_file(output) as path, path.open("wb") as file:
        file.writelines(pieces)


def write_folder(output: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder that is new or empty.

    Raises:
        RunspanError: The folder holds something, or can't be written.
    """
    check_folder(output)
    parent = output.resolve().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=parent, prefix=f"{output.name}.partial") as partial:
            for name, data in files.items():
                path = Path(partial, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            output.mkdir(exist_ok=True)
            for path in Path(partial).iterdir():
                path.rename(output / path.name)
    except OSError as error:
        raise RunspanError(f"{output}: can't be written ({error.strerror or error})") from error


def check_folder(output: Path) -> None:
    """Make sure that nothing would be replaced.

    Raises:
        RunspanError: The folder holds something, or is a file.
    """
    if output.exists() and not output.is_dir():
        raise RunspanError(f"{output}: is a file; expected a new folder for --output")
    if output.is_dir() and any(output.iterdir()):
        raise RunspanError(f"{output}: is not empty; expected a new folder for --output")
