"""Many machines, by Ray Data: one dataset of chunks, mapped over a pool of workers that each load the model once.

The dataset is never there as a whole. Its one source is a task on the driver's machine that takes chunks from a queue;
the driver puts a few for each worker in, and one more for each that comes back. So it holds no more of a billion
documents than of a thousand, documents are still listed in one place and in order, and a stop is a queue without
followers. Datasets of some hundred chunks each, the other way of not holding all of them, would load every model anew
for each, and leave all workers waiting for the slowest at its end.
"""

import warnings
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from threading import Event
from typing import Any

import pyarrow as pa
import ray
from ray.data import ActorPoolStrategy, DataContext, from_arrow
from ray.util.annotations import RayDeprecationWarning
from ray.util.queue import Queue
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from runspan import __version__
from runspan.base.errors import RunspanError
from runspan.base.record_lines import RecordLine
from runspan.jobs.ray_cluster import WorkerPlan
from runspan.jobs.ray_worker import Assignment, Worker, WorkerFacts, first_facts, packed, unpacked
from runspan.language.readers.files import reason
from runspan.language.readers.input_documents import InputDocument

_CALLS = 3  # of a worker at once: while the model is at work on one chunk, others are read, and written
_WAITING = 4  # chunks sent to a worker, so that it never waits for the next
_AHEAD = 6  # chunks of each worker under way altogether: a slow one holds up the order, not the others
_RETRIES = 4  # of a chunk whose worker dies; a document that kills every worker must not do so for ever
_PATIENCE = 900  # seconds that a first worker may take to be there: clusters that grow start machines first
_END = None


class RayEngine:
    """A pool of workers on the machines of a Ray cluster; see :func:`runspan.jobs.ray_cluster.connect`.

    Args:
        assignment: What every worker is told.
        plan: How many workers, and what each of them takes.

    Raises:
        RunspanError: No worker can start: no machine has room, the model can't be loaded, the inputs are not there.
    """

    def __init__(self, assignment: Assignment, plan: WorkerPlan) -> None:
        self._plan = plan
        self._facts = _ask_one(assignment, plan)
        self._assignment = assignment.pinned(self.job)

    @property
    def labels(self) -> Sequence[str]:
        """Labels of the model, in order."""
        return self._facts.labels

    @property
    def chunk_chars(self) -> int:
        """Characters of the documents that are scored together."""
        return self._facts.chunk_chars

    @property
    def job(self) -> Mapping[str, Any]:
        """What decides the records, by the names that a user knows: the same as where one process reads them."""
        return self._facts.job

    @property
    def description(self) -> str:
        """Where the model runs, in words."""
        job = self.job
        return f"{self._plan.workers} x {job['device']} ({job['backend']}, {job['precision']}) by Ray"

    def predict(self, chunks: Iterable[Sequence[InputDocument]], stop: Event) -> Iterator[list[RecordLine]]:
        """Records of documents as lines, chunk by chunk, in order, until ``stop`` is set.

        A chunk whose worker dies goes to another one.

        Raises:
            RunspanError: A worker can't work, or workers die again and again.
        """
        queue = Queue(actor_options={"num_cpus": 0, **_here()})
        feed = _Feed(queue, chunks)
        results = _run(_dataset(queue, self._assignment, self.job, self._plan))
        try:
            feed.add(_AHEAD * self._plan.workers)
            for number, lines in results:
                assert number == feed.added - len(feed.under_way), "Ray Data lost the order"
                if isinstance(lines, RunspanError):
                    raise lines
                yield lines
                if stop.is_set():
                    return
                feed.under_way.popleft()
                feed.add(1)
            assert not feed.under_way, "Ray Data lost chunks"
        except ray.exceptions.RayError as error:
            raise RunspanError(
                f"Ray: {_cause(error)} Under way: {feed.place}. What is done is kept, and the same command goes on. "
                "Where it fails again, take out the document that ends workers"
            ) from error
        finally:
            results.close()
            queue.shutdown(force=True)


class _Feed:
    """Puts chunks into a queue, each with its number, and the end behind the last."""

    def __init__(self, queue: Queue, chunks: Iterable[Sequence[InputDocument]]) -> None:
        self._queue, self._chunks = queue, iter(chunks)
        self._is_at_end = False
        self.added = 0
        self.under_way: deque[Sequence[InputDocument]] = deque()

    @property
    def place(self) -> str:
        """The documents under way, in words."""
        documents = [document.source for chunk in self.under_way for document in chunk]
        return f"{len(documents)} document(s), {documents[0]} to {documents[-1]}" if documents else "no documents"

    def add(self, count: int) -> None:
        """Put chunks in, as many as there are."""
        while count and not self._is_at_end:
            chunk = next(self._chunks, _END)
            if chunk is _END:
                self._is_at_end = True
                self._queue.put(_END)
                return
            self._queue.put(packed([(self.added, chunk)]))
            self.under_way.append(chunk)
            self.added += 1
            count -= 1


def _dataset(queue: Queue, assignment: Assignment, job: Mapping[str, Any], plan: WorkerPlan) -> Any:
    """The results of all chunks, lazily, a row each."""
    context = DataContext.get_current()
    context.enable_progress_bars = context.print_on_execution_start = False
    context.execution_options.preserve_order = True
    context.target_max_block_size = 1  # bytes: each chunk is passed on at once, not when there are enough for a block
    pool = ActorPoolStrategy(
        size=plan.workers,
        max_tasks_in_flight_per_actor=_WAITING,
        max_concurrent_calls_per_actor=_CALLS,
        enable_true_multi_threading=True,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RayDeprecationWarning)  # Ray 2.64 is to name these options otherwise
        source = from_arrow(packed([None])).map_batches(  # in memory: a task that reads would want a processor
            _from_queue,
            fn_args=(queue,),
            batch_format="pyarrow",
            num_cpus=0,
            max_retries=0,  # what was taken from the queue is in it no more: here the journal goes on instead
            **_here(),
        )
        return source.map_batches(
            Worker,
            fn_constructor_args=(assignment, job),
            compute=pool,
            batch_size=None,
            batch_format="pyarrow",
            num_cpus=plan.cpus,
            num_gpus=plan.gpus,
            max_restarts=-1,
            max_task_retries=_RETRIES,
        )


def _from_queue(table: pa.Table, queue: Queue) -> Iterator[pa.Table]:
    """What comes out of a queue, in place of a table."""
    while (item := queue.get()) is not _END:
        yield item


def _run(dataset: Any) -> Generator[Any, None, None]:
    """The rows of a dataset, while it is computed."""
    for table in dataset.iter_batches(batch_size=None, batch_format="pyarrow"):
        yield from unpacked(table)


def _ask_one(assignment: Assignment, plan: WorkerPlan) -> WorkerFacts:
    """What the first worker that finds room says of itself; the models of its machine are converted by then."""
    asked = ray.remote(first_facts).options(num_cpus=plan.cpus, num_gpus=plan.gpus).remote(assignment)
    if not ray.wait([asked], timeout=_PATIENCE)[0]:
        raise RunspanError(
            f"no machine of the cluster took a worker of {plan.cpus} CPU(s) and {plan.gpus:g} GPU(s) within "
            f"{_PATIENCE // 60} minutes; see --workers and --gpus_per_worker"
        )
    try:
        facts = ray.get(asked)
    except ray.exceptions.RayError as error:
        raise RunspanError(
            f"a worker can't start: {_cause(error)} Expected runspan {__version__} and what --backend needs on every "
            "machine of the cluster"
        ) from error
    if isinstance(facts, RunspanError):
        raise facts
    if facts.version != __version__:
        raise RunspanError(
            f"the cluster has runspan {facts.version}, this machine {__version__}; install the same version on both"
        )
    return facts


def _cause(error: BaseException) -> str:
    """The last line that says something of an error of Ray, whose others are traces; a sentence."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{(lines[-1] if lines else reason(error)).rstrip('.')}."


def _here() -> dict[str, Any]:
    """Options that keep something on the machine of the driver."""
    node = ray.get_runtime_context().get_node_id()
    return {"scheduling_strategy": NodeAffinitySchedulingStrategy(node, soft=False)}
