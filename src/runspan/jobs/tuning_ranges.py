"""A flat YAML file of ranges → what a study may try."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from runspan.base.errors import RunspanError

_NUMBERS = ("log", "uniform", "int")
_EXPECTED = "expected `log LOW HIGH`, `uniform LOW HIGH`, `int LOW HIGH` or `choice A B ...`"


@dataclass(frozen=True, slots=True)
class Range:
    """What one argument may be.

    Attributes:
        name: Of the argument.
        kind: ``log``, ``uniform``, ``int`` or ``choice``.
        values: Lowest and highest number, or the choices.
    """

    name: str
    kind: str
    values: tuple[str, ...]

    def suggest(self, trial: Any) -> Any:
        """A value for a trial of Optuna's."""
        if self.kind == "choice":
            return trial.suggest_categorical(self.name, list(self.values))
        if self.kind == "int":
            return trial.suggest_int(self.name, *map(int, self.values))
        return trial.suggest_float(self.name, *map(float, self.values), log=self.kind == "log")


def read_range(name: str, text: str) -> Range:
    """The range of an argument as it is written.

    Raises:
        RunspanError: It is none.

    >>> read_range("learning_rate", "log 1e-5 1e-3")
    Range(name='learning_rate', kind='log', values=('1e-5', '1e-3'))
    """
    kind, *values = text.split() or [""]
    fault = RunspanError(f"{name} is {text!r}, {_EXPECTED}")
    if kind == "choice" and values:
        return Range(name, kind, tuple(values))
    if kind not in _NUMBERS or len(values) != 2:
        raise fault
    try:
        low, high = (int(value) if kind == "int" else float(value) for value in values)
    except ValueError:
        raise fault from None
    if not low < high or (kind == "log" and low <= 0):
        above = " above 0" if kind == "log" else ""
        raise RunspanError(f"{name} is {text!r}, expected a lowest number{above} and a higher one")
    return Range(name, kind, tuple(values))


def read_ranges(file: Path, known: Sequence[str]) -> list[Range]:
    """The ranges of a file.

    Args:
        file: Flat YAML, an argument a line.
        known: Names of arguments that can be tried.

    Raises:
        RunspanError: The file can't be read, names something else, or a range is none.
    """
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RunspanError(f"{file}: can't be read ({' '.join(str(error).split())}); expected flat YAML") from error
    if not isinstance(content, dict) or not content:
        raise RunspanError(f"{file}: found no ranges, expected lines of the form `learning_rate: log 1e-5 1e-3`")
    for name in content:
        if name not in known:
            raise RunspanError(
                f"{file}: {name} is no argument that can be tried; see train.py --help for those there are"
            )
    try:
        return [read_range(name, str(text)) for name, text in content.items()]
    except RunspanError as error:
        raise RunspanError(f"{file}: {error}") from error
