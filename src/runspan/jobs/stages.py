"""Work in stages that run side by side, each on the item behind the one that the next is at."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any


def in_stages(items: Iterable[Any], *stages: Callable[[Any], Any]) -> Iterator[Any]:
    """Items after all stages, in order; each stage has a thread of its own and at most one item waiting.

    What a stage or ``items`` raises is raised here, in the item's place. Items are drawn in the caller's thread.

    >>> list(in_stages([1, 2, 3], lambda x: x + 1, str))
    ['2', '3', '4']
    """
    with ExitStack() as stack:
        pools = [stack.enter_context(ThreadPoolExecutor(1)) for _ in stages]
        pending: deque[Future[Any]] = deque()
        stack.callback(lambda: [future.cancel() for future in pending])  # the caller may stop early
        for item in items:
            future: Future[Any] = Future()
            future.set_result(item)
            for pool, stage in zip(pools, stages, strict=True):
                future = pool.submit(_apply, stage, future)
            pending.append(future)
            if len(pending) > len(stages):
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


def _apply(stage: Callable[[Any], Any], before: "Future[Any]") -> Any:
    return stage(before.result())
