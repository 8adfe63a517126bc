"""Tag scores → the best legal IOB2 sequence → spans."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from runspan.base.documents import Span
from runspan.base.words import Word
from runspan.language.bio import decode_tags

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]


def legal_transitions(tags: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Whether tag j may follow tag i, shape (tags + 1, tags); the last row is the start of a sequence.

    >>> legal_transitions(["O", "B-year", "I-year"]).astype(int).tolist()
    [[1, 1, 0], [1, 1, 1], [1, 1, 1], [1, 1, 0]]
    """
    legal = np.ones((len(tags) + 1, len(tags)), dtype=bool)
    for j, tag in enumerate(tags):
        if tag.startswith("I-"):
            legal[:, j] = [previous[1:] == tag[1:] and previous != "O" for previous in [*tags, ""]]
    return legal


def best_legal_tags(log_probs: FloatArray, legal: npt.NDArray[np.bool_]) -> IntArray:
    """Tag ids of the most probable legal sequence (Viterbi with forbidden transitions masked out).

    Args:
        log_probs: Log-probability of each tag, shape (words, tags).
        legal: As :func:`legal_transitions` gives it.

    Returns:
        Tag ids, shape (words,).
    """
    words = len(log_probs)
    best = log_probs.argmax(axis=1)
    previous = np.concatenate([[-1], best[:-1]])
    if not words or legal[previous, best].all():  # the best of all sequences is legal already
        return best
    penalty = np.where(legal, 0.0, -np.inf)
    score = penalty[-1] + log_probs[0]
    back = np.zeros((words, log_probs.shape[1]), dtype=np.int64)
    for i in range(1, words):
        candidates = score[:, None] + penalty[:-1]
        back[i] = candidates.argmax(axis=0)
        score = candidates.max(axis=0) + log_probs[i]
    path = np.empty(words, dtype=np.int64)
    path[-1] = score.argmax()
    for i in range(words - 1, 0, -1):
        path[i - 1] = back[i, path[i]]
    return path


def decode_spans(log_probs: FloatArray, words: Sequence[Word], tags: Sequence[str]) -> list[Span]:
    """Spans of a document from its words' tag log-probabilities.

    A span's score is the mean probability of its words' tags.

    Args:
        log_probs: Shape (words, tags).
        words: The document's words.
        tags: Names of the tags, in order of the columns.

    >>> log_probs = np.log([[0.2, 0.7, 0.1], [0.3, 0.1, 0.6]])
    >>> spans = decode_spans(log_probs, [Word(0, 2), Word(3, 4)], ["O", "B-year", "I-year"])
    >>> [(s.start, s.end, s.label, s.score) for s in spans]
    [(0, 4, 'year', 0.65)]
    """
    path = best_legal_tags(log_probs, legal_transitions(tags))
    chosen = np.exp(log_probs[np.arange(len(words)), path])
    starts = np.array([word.start for word in words], dtype=np.int64)
    spans = []
    for span in decode_tags([tags[i] for i in path], words):
        low, high = np.searchsorted(starts, [span.start, span.end])
        spans.append(Span(span.start, span.end, span.label, score=round(float(chosen[low:high].mean()), 4)))
    return spans
