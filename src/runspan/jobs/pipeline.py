"""Documents through reading, encoding, the model and assembly, side by side. What fails is one document's alone."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from threading import Event

from runspan.base.errors import RunspanError
from runspan.base.records import ReadDocument, Record
from runspan.jobs.chunks import in_chunks
from runspan.jobs.prediction import PredictionOptions, Predictor
from runspan.jobs.stages import in_stages
from runspan.language.readers.files import reason
from runspan.language.readers.input_documents import InputDocument, as_input, failed
from runspan.modeling.decoding import TagScores
from runspan.modeling.encoding import Encoding

_DEFAULTS = PredictionOptions()


class _StoppedError(Exception):
    """No further chunk is wanted."""


class _Work:
    """What has been made of a document so far."""

    def __init__(self, read: ReadDocument) -> None:
        self.read = read
        self.encoding: Encoding | None = None
        self.scores: TagScores | None = None

    @contextmanager
    def step(self) -> Iterator[None]:
        """A step whose failure becomes the document's error."""
        try:
            yield
        except Exception as error:
            place = self.read.document.source or self.read.document.id
            fault = f"{type(error).__name__}: {reason(error)}"
            self.read = replace(self.read, error=f"{place}: failed ({fault}); please report it with this document")


def predict_documents(
    predictor: Predictor, documents: Iterable[ReadDocument], options: PredictionOptions = _DEFAULTS
) -> Iterator[Record]:
    """Records of documents that were read already, one each, in order."""
    chunks = in_chunks(map(as_input, documents), predictor.backend.chunk_chars)
    for records in predict_chunks(predictor, chunks, options):
        yield from records


def predict_chunks(
    predictor: Predictor,
    chunks: Iterable[Sequence[InputDocument]],
    options: PredictionOptions = _DEFAULTS,
    stop: Event | None = None,
) -> Iterator[list[Record]]:
    """Records of documents, one each, chunk by chunk, in order.

    While the model is at work on one chunk, the one before is decoded and written, the one behind encoded, and the one
    behind that read. What becomes of a chunk depends on nothing but its documents. A document that can't be read, or
    that fails on the way, has an error in place of its runs.

    Args:
        predictor: A fine-tuned model.
        chunks: Documents that are scored together.
        options: What is made of the spans.
        stop: Once set, no step is begun; what is being done is finished.

    Raises:
        RunspanError: The model fails at everything.
    """

    def unless_stopped(step: Callable[[list[_Work]], list[_Work]], works: list[_Work]) -> list[_Work]:
        if stop is not None and stop.is_set():
            raise _StoppedError
        return step(works)

    steps = (partial(_read, keep_text=options.keep_text), partial(_encode, predictor), partial(_score, predictor))
    try:
        for works in in_stages(chunks, *(partial(unless_stopped, step) for step in steps)):
            yield [_record(predictor, work, options) for work in works]
    except _StoppedError:
        return


def _read(documents: Sequence[InputDocument], keep_text: Callable[[ReadDocument], None] | None) -> list[_Work]:
    works = []
    for document in documents:
        try:
            read = document.read()
        except Exception as error:
            read = failed(document.id, document.source, f"can't be read ({type(error).__name__}: {reason(error)})")
        if keep_text is not None:
            keep_text(read)
        works.append(_Work(read))
    return works


def _encode(predictor: Predictor, works: list[_Work]) -> list[_Work]:
    for work in _sound(works):
        with work.step():
            work.encoding = predictor.encoder.encode(work.read.document.text)
    return works


def _score(predictor: Predictor, works: list[_Work]) -> list[_Work]:
    """Score all documents together; where that fails, each by itself, so that only the one at fault has no result."""
    encoded = _sound(works)
    try:
        _score_together(predictor, encoded)
    except Exception as error:
        for work in encoded:
            with work.step():
                _score_together(predictor, [work])
        if len(encoded) > 1 and not _sound(encoded):
            raise RunspanError(
                f"the model fails at every document ({type(error).__name__}: {reason(error)})"
            ) from error
    return works


def _score_together(predictor: Predictor, works: Sequence[_Work]) -> None:
    encodings = [work.encoding for work in works if work.encoding is not None]
    for work, scores in zip(works, predictor.score_encoded(encodings), strict=True):
        work.scores = scores


def _record(predictor: Predictor, work: _Work, options: PredictionOptions) -> Record:
    if work.encoding is not None and work.scores is not None:
        with work.step():
            found = predictor.find_spans(work.read.document, work.encoding, work.scores)
            return predictor.make_record(found, work.encoding, work.read, options)
    read = work.read
    return Record(read.document, predictor.labels, warnings=read.warnings, error=read.error)


def _sound(works: Iterable[_Work]) -> list[_Work]:
    """The documents without an error so far."""
    return [work for work in works if work.read.error is None]
