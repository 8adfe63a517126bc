"""A fine-tuned model: texts → windows → scores → spans → records."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from threading import Lock

from runspan.assembly.consistency import inconsistencies
from runspan.assembly.estimates import estimate_runs
from runspan.assembly.runs import assemble, unassigned_spans
from runspan.base.documents import Document
from runspan.base.labels import labels_of
from runspan.base.records import ReadDocument, Record, Run
from runspan.jobs.confidence import Confidence, confident_runs
from runspan.language.rules import apply_rules
from runspan.modeling.backends.backend import Backend
from runspan.modeling.backends.choice import load_backend
from runspan.modeling.batches import make_batches
from runspan.modeling.decoding import FloatArray, TagScores, decode_spans
from runspan.modeling.encoding import Encoding, TextEncoder
from runspan.modeling.model_files import name_with_commit, resolve_model
from runspan.modeling.windows import WindowSettings, cut_windows

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PredictionOptions:
    """What is made of the spans that a model finds.

    Attributes:
        world_average: Estimate CO2e with the world's average grid where a run has no country.
        min_confidence: Fields of less confidence are left out of the runs, and counted in a warning; their spans stay,
            unassigned.
        keep_text: Called with each document that was read, to keep its text.
    """

    world_average: bool = False
    min_confidence: float = 0.0
    keep_text: Callable[[ReadDocument], None] | None = None


class Predictor:
    """A fine-tuned model that turns documents into records.

    Args:
        backend: The model, ready to run.
        settings: How texts are cut into windows.
        batch_size: Windows of full length a batch, of shorter ones more; what measured best for the backend by default.
        confidence: How its scores become confidences; by default they stay as they are.
        source: Where the model comes from, in words: a folder, or a hub id with its commit.
        folder: Where its files lie.
    """

    def __init__(
        self,
        backend: Backend,
        settings: WindowSettings,
        batch_size: int | None = None,
        confidence: Confidence | None = None,
        source: str = "",
        folder: Path | None = None,
    ) -> None:
        settings.check(backend.longest_window)
        self.backend, self.tags, self.labels = backend, backend.tags, labels_of(backend.tags)
        self.encoder = TextEncoder(backend.tokenizer)
        self.settings = settings
        self.batch_tokens = batch_size * settings.max_length if batch_size else backend.batch_tokens
        self.confidence = confidence or Confidence()
        self.source, self.folder = source, folder
        self._is_scoring = Lock()

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
        folder = resolve_model(name)
        if precision is None and Path(name).name == "int8.onnx":
            precision = "int8"
        engine = load_backend(folder, backend, device, precision, trust_remote_code)
        settings = WindowSettings.load(folder, engine.longest_window)
        if not (folder / WindowSettings.FILE).is_file():
            _log.warning(
                "%s: not trained with runspan (no %s). It finds its own labels (%s), in windows of %d tokens; "
                "its scores are not calibrated",
                *(name, WindowSettings.FILE, ", ".join(labels_of(engine.tags)), settings.max_length),
            )
        return cls(engine, settings, batch_size, Confidence.load(folder), name_with_commit(name, folder), folder)

    @property
    def window_tokens(self) -> int:
        """Tokens of text that a window holds, without special tokens."""
        return self.settings.max_length - len(self.encoder.prefix) - len(self.encoder.suffix)

    def predict_spans(self, documents: Sequence[Document]) -> list[Document]:
        """Documents with the spans that the model finds in them, in order."""
        encodings = [self.encoder.encode(document.text) for document in documents]
        return [
            self.find_spans(document, encoding, scores)
            for document, encoding, scores in zip(documents, encodings, self.score_encoded(encodings), strict=True)
        ]

    def score(self, document: Document) -> tuple[Encoding, FloatArray]:
        """A document's tokens and words, and the log-probabilities of the words' tags, shape (words, tags)."""
        encoding = self.encoder.encode(document.text)
        (scores,) = self.score_encoded([encoding])
        return encoding, scores.log_probs(slice(len(encoding.words)))

    def score_encoded(self, encodings: Sequence[Encoding]) -> list[TagScores]:
        """Scores of the words of each document; all go through the model together.

        Threads may call it side by side: one after the other has the model.
        """
        offsets = list(accumulate((len(encoding.words) for encoding in encodings), initial=0))
        batches = make_batches(encodings, self.encoder, self.settings, self.batch_tokens)
        with self._is_scoring:
            scores = self.backend.score(batches, offsets[-1])
        return [scores.part(start, end) for start, end in pairwise(offsets)]

    def find_spans(self, document: Document, encoding: Encoding, scores: TagScores) -> Document:
        """The document with the spans that its scores say, by the rules, with confidences for scores."""
        spans = decode_spans(scores, encoding.words, self.tags)
        found = Document(document.id, document.text, tuple(spans), document.source)
        return self.confidence.of_spans(apply_rules(found))

    def make_record(
        self, document: Document, encoding: Encoding, read: ReadDocument, options: PredictionOptions
    ) -> Record:
        """The record of a document whose spans were found.

        Args:
            document: The text with its spans.
            encoding: Its tokens.
            read: What its reader made of it.
            options: What is made of the spans.
        """
        tokens = len(encoding.input_ids)
        windows = len(cut_windows(tokens, self.window_tokens, self.settings.stride))
        assembled = self.confidence.of_fields(assemble(document)[0])
        runs = estimate_runs(confident_runs(assembled, options.min_confidence), options.world_average)
        left_out = _count_fields(assembled) - _count_fields(runs)
        unsure = [f"{left_out} field(s) left out: confidence below {options.min_confidence:g}"] if left_out else []
        return Record(
            document,
            self.labels,
            tokens,
            windows,
            runs,
            unassigned_spans(document, runs),
            warnings=(*read.warnings, *unsure, *inconsistencies(runs)),
            page_starts=read.page_starts,
        )


def _count_fields(runs: Iterable[Run]) -> int:
    return sum(len(found) for run in runs for found in run.fields.values())
