"""SIGINT and SIGTERM → the batch at hand is finished, and what is done is kept."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, current_thread, main_thread
from types import FrameType

from runspan.cli.console import messages

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_PASSED_ON = 2  # seconds within which a launcher passes on the signal that its processes have had from the terminal


class StopRequest(Event):
    """Set once the process was asked to stop.

    Attributes:
        signal: By which signal; 0 before.
    """

    signal = 0

    @property
    def exit_code(self) -> int:
        """130 after SIGINT, 143 after SIGTERM, as shells have it."""
        return 128 + self.signal


@contextmanager
def stop_requests(patient: bool = False) -> Iterator[StopRequest]:
    """What tells of a request to stop. A second one ends the process at once.

    Args:
        patient: Whether signals right behind the first are the same request, as where a launcher passes it on.
    """
    request = StopRequest()
    asked = 0.0

    def ask(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if request.is_set():
            if patient and time.monotonic() - asked < _PASSED_ON:
                return
            os._exit(128 + number)  # nothing is lost: what is done is in the files
        request.signal, asked = number, time.monotonic()
        request.set()
        messages.print("stopping: the batch at hand is finished first; once more stops at once")

    if current_thread() is not main_thread():
        yield request
        return
    before = {number: signal.signal(number, ask) for number in _SIGNALS}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
