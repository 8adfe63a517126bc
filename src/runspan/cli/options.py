"""Plain argument parsers for the commands without a configuration file."""

import argparse
from typing import NoReturn

from runspan.base.errors import RunspanError


class Options(argparse.ArgumentParser):
    """A parser whose errors are :class:`RunspanError` and whose names are not abbreviated."""

    def __init__(self, command: str, description: str) -> None:
        super().__init__(prog=f"runspan {command}", description=description, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing the usage."""
        raise RunspanError(f"{message} (see {self.prog} --help)")


def positive(text: str) -> int:
    """A whole number above 0, for ``type=``."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number}, expected 1 or more")
    return number


def not_negative(text: str) -> float:
    """A number from 0 on, for ``type=``."""
    number = float(text)
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text}, expected a number of 0 or more")
    return number


def share(text: str) -> float:
    """A number from 0 to 1, for ``type=``."""
    number = float(text)
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text}, expected a number from 0 to 1")
    return number
