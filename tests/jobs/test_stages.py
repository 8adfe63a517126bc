"""Stages keep the order, raise in place, run side by side and stop when their reader does."""

import threading
import time
from collections.abc import Iterator

import pytest

from runspan.jobs.stages import in_stages


def test_an_error_comes_in_the_place_of_its_item() -> None:
    def reciprocal(number: int) -> float:
        return 1 / number

    results = in_stages([1, 2, 0, 4], reciprocal)
    assert [next(results), next(results)] == [1.0, 0.5]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_stages_run_side_by_side() -> None:
    meet = threading.Barrier(2, timeout=20)  # passed only by two threads at once

    def first(item: int) -> int:
        if item > 0:
            meet.wait()  # for the second, at the item before
        return item

    def second(item: int) -> int:
        if item < 2:
            meet.wait()
        return item

    assert list(in_stages([0, 1, 2], first, second)) == [0, 1, 2]


def test_no_more_is_drawn_than_the_stages_hold() -> None:
    drawn = []

    def items() -> Iterator[int]:
        for i in range(100):
            drawn.append(i)
            yield i

    results = in_stages(items(), str, str)
    next(results)
    time.sleep(0.05)
    assert len(drawn) == 3
    results.close()  # type: ignore[attr-defined]
    assert len(drawn) == 3
