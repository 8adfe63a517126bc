"""Errors that are the user's to mend: each says where, what was found, what was expected, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass


class RunspanError(Exception):
    """Wrong usage, configuration or input. The command line prints it as it is and exits with 2."""


class UnreadableError(RunspanError):
    """A file or document that can't be read, among others that can. The message says what was found and what to do."""


class StoppedError(KeyboardInterrupt):
    """Work that was stopped from outside, by a signal, and can go on.

    As an interrupt of the keyboard, it is nothing that a library's handling of errors may swallow.

    Args:
        signal: Number of the signal.
        message: What was kept.
    """

    def __init__(self, signal: int, message: str) -> None:
        self.signal = signal
        super().__init__(message)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault of one file. ``line`` and ``column`` count from 1; 0 where the whole file is meant.

    >>> print(Fault("seeds/a.txt", 12, 7, "</hardware> closes <params>, opened at 12:1"))
    seeds/a.txt:12:7: </hardware> closes <params>, opened at 12:1
    """

    source: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        place = f"{self.source}:{self.line}:{self.column}" if self.line else self.source
        return f"{place}: {self.message}"


class FaultsError(RunspanError):
    """Faults of one or more files, all of them, in order of file, line and column."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__("\n".join(map(str, self.faults)))


def position(text: str, offset: int) -> tuple[int, int]:
    r"""Line and column (both from 1) of a character offset; lines end with ``\n``, ``\r\n`` or ``\r``.

    >>> position("ab\ncd", 4)
    (2, 2)
    >>> position("ab\r\ncd", 4)
    (2, 1)
    """
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
