"""Texts → windows → scores → spans → records."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise

from runspan.assembly.consistency import inconsistencies
from runspan.assembly.estimates import estimate_runs
from runspan.assembly.runs import assemble, unassigned_spans
from runspan.base.documents import Document
from runspan.base.labels import labels_of
from runspan.base.records import ReadDocument, Record, Run
from runspan.jobs.confidence import Confidence, confident_runs
from runspan.jobs.stages import in_stages
from runspan.language.rules import apply_rules
from runspan.modeling.backends.backend import Backend
from runspan.modeling.backends.choice import load_backend
from runspan.modeling.batches import make_batches
from runspan.modeling.decoding import FloatArray, TagScores, decode_spans
from runspan.modeling.encoding import Encoding, TextEncoder
from runspan.modeling.model_files import name_with_commit, resolve_encoder
from runspan.modeling.windows import WindowSettings, cut_windows

_log = logging.getLogger(__name__)


class Predictor:
    """A fine-tuned model that turns documents into records.

    Args:
        backend: The model, ready to run.
        settings: How texts are cut into windows.
        batch_size: Windows of full length a batch, of shorter ones more; what measured best for the backend by default.
        confidence: How its scores become confidences; by default they stay as they are.
        source: Where the model comes from, in words: a folder, or a hub id with its commit.
    """

    def __init__(
        self,
        backend: Backend,
        settings: WindowSettings,
        batch_size: int | None = None,
        confidence: Confidence | None = None,
        source: str = "",
    ) -> None:
        settings.check(backend.longest_window)
        self.backend, self.tags, self.labels = backend, backend.tags, labels_of(backend.tags)
        self.encoder = TextEncoder(backend.tokenizer)
        self.settings = settings
        self.batch_tokens = batch_size * settings.max_length if batch_size else backend.batch_tokens
        self.confidence = confidence or Confidence()
        self.source = source

    @classmethod
    def load(
        cls,
        name: str,
        device: str | None = None,
        batch_size: int | None = None,
        precision: str | None = None,
        backend: str = "auto",
        trust_remote_code: bool = False,
    ) -> "Predictor":
        """The predictor of a model folder or hub id; see :func:`runspan.modeling.backends.choice.load_backend`."""
        folder = resolve_encoder(name)
        engine = load_backend(folder, backend, device, precision, trust_remote_code)
        settings = WindowSettings.load(folder, engine.longest_window)
        if not (folder / WindowSettings.FILE).is_file():
            _log.warning(
                "%s: not trained with runspan (no %s). It finds its own labels (%s), in windows of %d tokens; "
                "its scores are not calibrated",
                *(name, WindowSettings.FILE, ", ".join(labels_of(engine.tags)), settings.max_length),
            )
        return cls(engine, settings, batch_size, Confidence.load(folder), name_with_commit(name, folder))

    @property
    def window_tokens(self) -> int:
        """Tokens of text that a window holds, without special tokens."""
        return self.settings.max_length - len(self.encoder.prefix) - len(self.encoder.suffix)

    def predict_spans(self, documents: Sequence[Document]) -> list[Document]:
        """Documents with the spans that the model finds in them, in order."""
        encodings = self._encode(documents)
        return [
            self._find(document, encoding, scores)
            for document, encoding, scores in zip(documents, encodings, self._score(encodings), strict=True)
        ]

    def score(self, document: Document) -> tuple[Encoding, FloatArray]:
        """A document's tokens and words, and the log-probabilities of the words' tags, shape (words, tags)."""
        (encoding,) = self._encode([document])
        (scores,) = self._score([encoding])
        return encoding, scores.log_probs(slice(len(encoding.words)))

    def _encode(self, documents: Iterable[Document]) -> list[Encoding]:
        return [self.encoder.encode(document.text) for document in documents]

    def _score(self, encodings: Sequence[Encoding]) -> list[TagScores]:
        offsets = list(accumulate((len(encoding.words) for encoding in encodings), initial=0))
        batches = make_batches(encodings, self.encoder, self.settings, self.batch_tokens)
        scores = self.backend.score(batches, offsets[-1])
        return [scores.part(start, end) for start, end in pairwise(offsets)]

    def _find(self, document: Document, encoding: Encoding, scores: TagScores) -> Document:
        spans = decode_spans(scores, encoding.words, self.tags)
        found = Document(document.id, document.text, tuple(spans), document.source)
        return self.confidence.of_spans(apply_rules(found))

    def predict(
        self, documents: Iterable[ReadDocument], world_average: bool = False, min_confidence: float = 0.0
    ) -> Iterator[Record]:
        """Records of documents, one each, in order; a document that could not be read keeps its error.

        While the model is at work on some documents, the ones before are decoded and the ones behind encoded.

        Args:
            documents: What readers made of them.
            world_average: Estimate CO2e with the world's average grid where a run has no country.
            min_confidence: Fields of less confidence are left out of the runs, and counted in a warning; their spans
                stay, unassigned.
        """

        def encode(chunk: list[ReadDocument]) -> tuple[list[ReadDocument], list[Encoding]]:
            return chunk, self._encode(read.document for read in chunk if read.error is None)

        def score(encoded: tuple[list[ReadDocument], list[Encoding]]) -> tuple[list[ReadDocument], Iterator[_Scored]]:
            chunk, encodings = encoded
            return chunk, zip(encodings, self._score(encodings), strict=True)

        for chunk, scored in in_stages(_chunks(documents, self.backend.chunk_chars), encode, score):
            for read in chunk:
                if read.error is not None:
                    yield Record(read.document, self.labels, warnings=read.warnings, error=read.error)
                else:
                    encoding, scores = next(scored)
                    found = self._find(read.document, encoding, scores)
                    yield self._record(found, encoding, read.warnings, world_average, min_confidence)

    def _record(
        self,
        document: Document,
        encoding: Encoding,
        warnings: Sequence[str],
        world_average: bool,
        min_confidence: float,
    ) -> Record:
        tokens = len(encoding.input_ids)
        windows = len(cut_windows(tokens, self.window_tokens, self.settings.stride))
        assembled = self.confidence.of_fields(assemble(document)[0])
        runs = estimate_runs(confident_runs(assembled, min_confidence), world_average)
        left_out = _count_fields(assembled) - _count_fields(runs)
        unsure = [f"{left_out} field(s) left out: confidence below {min_confidence:g}"] if left_out else []
        warnings = (*warnings, *unsure, *inconsistencies(runs))
        return Record(document, self.labels, tokens, windows, runs, unassigned_spans(document, runs), warnings)


_Scored = tuple[Encoding, TagScores]


def _count_fields(runs: Iterable[Run]) -> int:
    return sum(len(found) for run in runs for found in run.fields.values())


def _chunks(documents: Iterable[ReadDocument], size: int) -> Iterator[list[ReadDocument]]:
    """Documents in lists of about ``size`` characters."""
    chunk: list[ReadDocument] = []
    chars = 0
    for read in documents:
        chunk.append(read)
        chars += len(read.document.text)
        if chars >= size:
            yield chunk
            chunk, chars = [], 0
    if chunk:
        yield chunk
