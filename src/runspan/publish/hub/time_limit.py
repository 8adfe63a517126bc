"""A function in a process of its own that ends when its time is up.

The hub's client sets no time limit for an upload, and its transfers can't be stopped from another thread; a process
can.
"""

import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from runspan.base.errors import RunspanError

Result = TypeVar("Result")


class TimeIsUpError(RunspanError):
    """A function took longer than it may."""


def within(seconds: float, function: Callable[..., Result], *args: Any) -> Result:
    """What a function returns, if it does so in time.

    Args:
        seconds: To wait.
        function: Of a module's top level; its arguments and result go from process to process.
        args: Its arguments.

    Raises:
        TimeIsUpError: It did not end in time, and was ended.
        RunspanError: It raised one, or its process died.
    """
    context = get_context("spawn")  # a fork would copy the locks of the libraries' threads
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_report, args=(sender, function, args), daemon=True)
    process.start()
    sender.close()
    try:
        if not receiver.poll(seconds):
            raise TimeIsUpError(f"no answer within {seconds:g} s")
        result, fault = receiver.recv()
    except EOFError:
        process.join()
        raise RunspanError(f"the process that talks to the hub died (exit code {process.exitcode})") from None
    finally:
        process.kill()
        process.join()
        receiver.close()
    if fault is not None:
        raise RunspanError(fault)
    return result  # type: ignore[no-any-return]


def _report(sender: Connection, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
    """Run a function and send back what it returns, or the message of its :class:`RunspanError`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted too, and ends this process
    try:
        sender.send((function(*args), None))
    except RunspanError as error:
        sender.send((None, str(error)))
