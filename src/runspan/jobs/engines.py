"""What turns chunks of documents into lines of records: on this machine, or on many."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Any, Protocol

from runspan.base.record_lines import RecordLine
from runspan.jobs.pipeline import predict_chunks
from runspan.jobs.prediction import PredictionOptions, Predictor
from runspan.language.readers.input_documents import InputDocument


class Engine(Protocol):
    """Whatever predicts."""

    @property
    def labels(self) -> Sequence[str]:
        """Labels of the model, in order."""
        ...

    @property
    def chunk_chars(self) -> int:
        """Characters of the documents that are scored together."""
        ...

    @property
    def job(self) -> Mapping[str, Any]:
        """What decides the records, by the names that a user knows."""
        ...

    @property
    def description(self) -> str:
        """Where the model runs, in words."""
        ...

    def predict(self, chunks: Iterable[Sequence[InputDocument]], stop: Event) -> Iterator[list[RecordLine]]:
        """Records of documents as lines, chunk by chunk, in order, until ``stop`` is set."""
        ...


@dataclass(frozen=True)
class LocalEngine:
    """A model in this process.

    Args:
        predictor: The model.
        options: What is made of the spans.
        job: What decides the records.
    """

    predictor: Predictor
    options: PredictionOptions
    job: Mapping[str, Any]

    @property
    def labels(self) -> Sequence[str]:
        """Labels of the model, in order."""
        return self.predictor.labels

    @property
    def chunk_chars(self) -> int:
        """Characters of the documents that are scored together."""
        return self.predictor.backend.chunk_chars

    @property
    def description(self) -> str:
        """Where the model runs, in words."""
        backend = self.predictor.backend
        return f"{backend.device} ({backend.name}, {backend.precision}), model: {self.predictor.source}"

    def predict(self, chunks: Iterable[Sequence[InputDocument]], stop: Event) -> Iterator[list[RecordLine]]:
        """Records of documents as lines, chunk by chunk, in order, until ``stop`` is set."""
        for records in predict_chunks(self.predictor, chunks, self.options, stop):
            yield [RecordLine.of(record) for record in records]
