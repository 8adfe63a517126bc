"""What runs on the machines of a Ray cluster: a model that is loaded once, and takes chunk after chunk."""

import os
import pickle
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from runspan import __version__
from runspan.base.errors import RunspanError
from runspan.base.record_lines import RecordLine
from runspan.jobs.job_identity import identify
from runspan.jobs.pipeline import predict_chunks
from runspan.jobs.prediction import PredictionOptions, Predictor
from runspan.language.readers.options import ReadOptions

_PACKED = "packed"


@dataclass(frozen=True)
class Assignment:
    """What every worker is told.

    Attributes:
        load: Loads the model: :meth:`Predictor.load` with its arguments, those that are pinned by keyword.
        read: How inputs are read.
        options: What is made of the spans.
        folder: Where relative paths begin.
        paths: Files and folders that workers read for themselves: the model, and documents in files of their own.
    """

    load: Callable[..., Predictor]
    read: ReadOptions
    options: PredictionOptions
    folder: Path
    paths: Sequence[str] = ()

    def take(self) -> tuple[Predictor, "WorkerFacts"]:
        """Load the model on this machine.

        Raises:
            RunspanError: It can't be loaded, or something to read is not here.
        """
        with suppress(OSError):  # absolute paths and URLs need no folder; others are missed below
            os.chdir(self.folder)
        for path in self.paths:
            if not Path(path).exists():
                raise RunspanError(
                    f"{path}: is not on this machine; expected it under the same path on every machine of the cluster. "
                    "Put it on storage that all share; or give documents by URL, as jsonl or parquet, a model by hub id"
                )
        predictor = self.load()
        job = identify(predictor, self.read, self.options)
        return predictor, WorkerFacts(__version__, predictor.labels, predictor.backend.chunk_chars, job)

    def pinned(self, job: Mapping[str, Any]) -> "Assignment":
        """The same, with the engine and the precision of a job: what one machine chose holds for all."""
        load = partial(self.load, precision=job["precision"], backend=job["backend"])
        return Assignment(load, self.read, self.options, self.folder, self.paths)


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """What a worker says of itself.

    Attributes:
        version: Of runspan, there.
        labels: Of the model, in order.
        chunk_chars: Characters of the documents that are best scored together.
        job: What decides the records.
    """

    version: str
    labels: Sequence[str]
    chunk_chars: int
    job: Mapping[str, Any]


def first_facts(assignment: Assignment) -> WorkerFacts | RunspanError:
    """What a worker would say of itself, or why it could not work: nothing is raised across machines."""
    try:
        return assignment.take()[1]
    except RunspanError as error:
        return _placed(error)


class Worker:
    """A model on one machine, for ``map_batches``.

    Args:
        assignment: What to load.
        job: What decides the records of the job; a machine that would make others takes no part in it.
    """

    def __init__(self, assignment: Assignment, job: Mapping[str, Any]) -> None:
        self._options = assignment.options
        self._fault: RunspanError | None = None
        try:
            self._predictor, facts = assignment.take()
            _check_same(job, facts.job)
        except RunspanError as error:  # told with the first chunk: a constructor that raises has no message of its own
            self._fault = _placed(error)

    def __call__(self, table: pa.Table) -> pa.Table:
        """Tables of packed, numbered chunks → tables of the packed lines of their records, or of what went wrong."""
        return packed([(number, self._lines(chunk)) for number, chunk in unpacked(table)])

    def _lines(self, chunk: Sequence[Any]) -> list[RecordLine] | RunspanError:
        if self._fault is not None:
            return self._fault
        try:
            (records,) = predict_chunks(self._predictor, [chunk], self._options)
        except RunspanError as error:
            return _placed(error)
        return [RecordLine.of(record) for record in records]


def packed(rows: Sequence[Any]) -> pa.Table:
    """Objects as a table, one a row."""
    return pa.table({_PACKED: pa.array([pickle.dumps(row) for row in rows], pa.large_binary())})


def unpacked(table: pa.Table) -> list[Any]:
    """The objects of a table."""
    return [pickle.loads(row.as_py()) for row in table[_PACKED]]


def _placed(error: RunspanError) -> RunspanError:
    return RunspanError(f"{socket.gethostname()}: {error}")


def _check_same(job: Mapping[str, Any], here: Mapping[str, Any]) -> None:
    for name, value in job.items():
        if here.get(name) != value:
            raise RunspanError(
                f"another {name} than on the machine that answered first ({here.get(name)!r}; there {value!r}), so "
                "that records would differ. Use machines that are alike, with the same model and runspan"
            )
