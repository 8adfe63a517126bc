"""A function in a process of its own: what it returns, raises, or takes too long for."""

import os
import time

import pytest

from runspan.base.errors import RunspanError
from runspan.cli import push
from runspan.publish.hub import time_limit
from runspan.publish.hub.time_limit import TimeIsUpError, within
from runspan.publish.hub.upload import Target

LONG = 60


def fail(message: str) -> None:
    raise RunspanError(message)


def test_results_and_errors_come_back() -> None:
    assert within(LONG, divmod, 7, 2) == (3, 1)
    with pytest.raises(RunspanError, match="the hub is tired"):
        within(LONG, fail, "the hub is tired")


def test_time_is_up() -> None:
    started = time.monotonic()
    with pytest.raises(TimeIsUpError, match=r"no answer within 0\.1 s"):
        within(0.1, time.sleep, LONG)
    assert time.monotonic() - started < LONG / 2


def test_a_process_that_dies_is_an_error() -> None:
    with pytest.raises(RunspanError, match=r"died \(exit code 3\)"):
        within(LONG, os._exit, 3)


def test_a_last_look_that_fails_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_limit, "within", lambda *_: fail("the hub is gone"))
    with pytest.raises(RunspanError, match=r"whether it was published is not known \(the hub is gone\); push again"):
        push._look_once_more(TimeIsUpError("no answer within 1 s"), [], Target("ada/m"))
