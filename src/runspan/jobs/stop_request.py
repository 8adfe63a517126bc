"""Signals by which a scheduler or a user asks a training to stop: it does so where it can go on later."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType

import torch
from torch import distributed

from runspan.base.errors import StoppedError

SIGNALS = (signal.SIGTERM, signal.SIGUSR1, signal.SIGINT)


class StopRequest:
    """Takes the signals while it is entered as a context manager.

    Before and after the steps of training there is nothing to bring to an end, and a signal raises at once. So does a
    second Ctrl-C.

    Attributes:
        signal: Number of the last signal that came, if any.
        began: Whether training began.
    """

    def __init__(self) -> None:
        self.signal: int | None = None
        self.began = False
        self._process = os.getpid()
        self._processes = int(os.environ.get("WORLD_SIZE", "1"))
        self._waits = self._processes > 1  # no process may leave the others alone on their way to training
        self._before: dict[int, object] = {}
        self._group: object = None

    def __enter__(self) -> "StopRequest":
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._take) for number in SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Steps of training, during which a signal is kept until :meth:`asked` is called.

        Raises:
            StoppedError: One came when nobody asked any more.
        """
        self.began = self._waits = True
        try:
            yield
        finally:
            self._waits = False
        if self.signal and self._processes == 1:
            raise _stopped_by(self.signal)

    def asked(self) -> int | None:
        """The signal that came, if any; with several processes, to any of them: each gets the same answer.

        All processes must call it at the same step.
        """
        if not distributed.is_available() or not distributed.is_initialized():
            return self.signal
        if self._group is None:
            self._group = distributed.new_group(backend="gloo")  # a number on the CPU, whatever trains the model
        highest = torch.tensor([self.signal or 0])
        distributed.all_reduce(highest, distributed.ReduceOp.MAX, group=self._group)
        return int(highest) or None

    def _take(self, number: int, frame: FrameType | None) -> None:
        if os.getpid() != self._process:
            return  # a process that loads data: the one that trains says when it is over
        again = self.signal == number == signal.SIGINT and self._processes == 1  # launchers send it twice
        self.signal = number
        if again or not self._waits:
            raise _stopped_by(number)


def _stopped_by(number: int) -> StoppedError:
    return StoppedError(number, f"stopped by {signal.Signals(number).name}")
