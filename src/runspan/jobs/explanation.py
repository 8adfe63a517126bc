"""One document through a model, each step kept: windows, tags, spans, values, runs, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from runspan.assembly.explanation import MentionReasons, explain_runs
from runspan.base.documents import Document
from runspan.base.records import ReadDocument, Record
from runspan.jobs.pipeline import predict_documents
from runspan.jobs.prediction import PredictionOptions, Predictor
from runspan.language.rules import rule_steps
from runspan.modeling.decoding import FloatArray, TagScores, decode_spans
from runspan.modeling.encoding import Encoding
from runspan.modeling.windows import cut_windows

_OUTSIDE = 0  # its tag id
_LEAST = 0.1  # of the probability that a word is in a span: less is not shown
_SHOWN = 3  # tags of a word


@dataclass(frozen=True, slots=True)
class WindowPart:
    """A window over a document, in tokens and in characters; half-open.

    Attributes:
        tokens: The tokens that the model sees at once.
        core: Those whose tags are taken from it; of all others a neighbour sees more around them.
        chars: The characters of the words in it.
    """

    tokens: tuple[int, int]
    core: tuple[int, int]
    chars: tuple[int, int]


@dataclass(frozen=True, slots=True)
class WordTags:
    """A word with its most probable tags and their probabilities, the most probable first."""

    start: int
    end: int
    tags: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a model did with a document.

    Attributes:
        windows: How it was cut.
        words: The words that are in a span, or that may be.
        steps: The document's spans as decoded, after each rule, and with confidences for scores; by name.
        record: The record that came of it.
        mentions: Why each span went where it is.
    """

    windows: Sequence[WindowPart]
    words: Sequence[WordTags]
    steps: Sequence[tuple[str, Document]]
    record: Record
    mentions: Sequence[MentionReasons]


def explain(predictor: Predictor, document: Document, min_confidence: float = 0.0) -> Explanation:
    """Predict a document, and keep every step.

    Args:
        predictor: A fine-tuned model.
        document: A text.
        min_confidence: As :class:`PredictionOptions` has it.
    """
    encoding, log_probs = predictor.score(document)
    spans = decode_spans(TagScores.of(log_probs), encoding.words, predictor.tags)
    decoded = Document(document.id, document.text, tuple(spans), document.source)
    steps = [("decoded", decoded), *rule_steps(decoded)]
    steps.append(("confidence", predictor.confidence.of_spans(steps[-1][1])))
    options = PredictionOptions(min_confidence=min_confidence)
    (record,) = predict_documents(predictor, [ReadDocument(document)], options)
    return Explanation(
        windows=_windows(predictor, encoding),
        words=_words(encoding, log_probs, predictor.tags),
        steps=steps,
        record=record,
        mentions=explain_runs(steps[-1][1], record.runs),
    )


def _windows(predictor: Predictor, encoding: Encoding) -> list[WindowPart]:
    words, first = encoding.words, encoding.first_tokens
    parts = []
    for window in cut_windows(len(encoding.input_ids), predictor.window_tokens, predictor.settings.stride):
        low, high = np.searchsorted(first, [window.start, window.end])
        chars = (words[low].start, words[high - 1].end) if low < high else (0, 0)
        parts.append(WindowPart((window.start, window.end), (window.core_start, window.core_end), chars))
    return parts


def _words(encoding: Encoding, log_probs: FloatArray, tags: Sequence[str]) -> list[WordTags]:
    probabilities = np.exp(log_probs)
    shown = []
    for i in np.flatnonzero(1 - probabilities[:, _OUTSIDE] >= _LEAST).tolist():
        best = np.argsort(-probabilities[i], kind="stable")[:_SHOWN].tolist()
        word = encoding.words[i]
        shown.append(WordTags(word.start, word.end, tuple((tags[t], float(probabilities[i, t])) for t in best)))
    return shown
