"""Signals: kept while training, raised at once before and after, given back at the end."""

import os
import signal

import pytest

from runspan.base.errors import StoppedError
from runspan.jobs.stop_request import SIGNALS, StopRequest


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_is_kept_until_it_is_asked_for(number: int) -> None:
    with StopRequest() as stop:
        with stop.kept():
            assert stop.asked() is None
            os.kill(os.getpid(), number)
            assert stop.asked() == number
            stop.signal = None
        assert stop.began


def test_a_signal_that_nobody_asked_for_is_not_lost() -> None:
    with StopRequest() as stop, pytest.raises(StoppedError), stop.kept():
        os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_outside_of_training_raises(number: int) -> None:
    with StopRequest() as stop:
        with stop.kept():
            pass
        with pytest.raises(StoppedError, match=f"stopped by {signal.Signals(number).name}") as raised:
            os.kill(os.getpid(), number)
    assert raised.value.signal == number


def test_a_second_interrupt_raises() -> None:
    def interrupt_twice() -> None:
        with stop.kept():
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)
            pytest.fail("the second one was kept as well")

    with StopRequest() as stop, pytest.raises(StoppedError):
        interrupt_twice()


def test_one_of_several_processes_leaves_no_other_alone_before_training(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    with StopRequest() as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.asked() == signal.SIGTERM


def test_handlers_are_given_back() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with StopRequest():
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_a_process_that_loads_data_takes_no_signal() -> None:
    with StopRequest() as stop:
        child = os.fork()
        if child == 0:
            os.kill(os.getpid(), signal.SIGTERM)
            os._exit(0 if stop.signal is None else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
