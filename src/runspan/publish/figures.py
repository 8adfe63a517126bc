"""Figures → files. The same figure gives the same bytes."""

from pathlib import Path
from typing import TYPE_CHECKING

from runspan.base.errors import RunspanError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES = (".svg", ".png", ".pdf")
_NO_DATE = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}


def check_figure(file: Path) -> Path:
    """The path of a figure.

    Raises:
        RunspanError: Its suffix is none of :data:`SUFFIXES`.
    """
    if file.suffix not in SUFFIXES:
        raise RunspanError(f"{file}: expected a name that ends in {', '.join(SUFFIXES)}")
    return file


def save_figure(figure: "Figure", file: Path) -> None:
    """Write a figure.

    Raises:
        RunspanError: The suffix is unknown, or the file can't be written.
    """
    import matplotlib

    check_figure(file)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with matplotlib.rc_context({"svg.hashsalt": "runspan"}):
            figure.savefig(file, metadata=_NO_DATE.get(file.suffix))
    except OSError as error:
        raise RunspanError(f"{file}: can't be written ({error.strerror or error})") from error
