"""Tag scores → the best legal IOB2 sequence → spans.

The most probable tag of every word is found where the scores are, on the device if need be. Such a sequence that is
legal is the best legal one; where it is not, only the words around an illegal tag go through Viterbi.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from runspan.base.documents import Span
from runspan.base.words import Word

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TagScores:
    """What a model says of a sequence of words.

    Attributes:
        tag_ids: The most probable tag of each word, shape (words,).
        probabilities: Its probability, shape (words,).
        log_probs: The log-probabilities of all tags for a slice of the words, shape (words, tags).
    """

    tag_ids: IntArray
    probabilities: FloatArray
    log_probs: Callable[[slice], FloatArray]

    @classmethod
    def of(cls, log_probs: FloatArray) -> "TagScores":
        """From the log-probabilities of all tags, shape (words, tags)."""
        best = log_probs.argmax(axis=1)
        return cls(best, np.exp(log_probs[np.arange(len(best)), best]), log_probs.__getitem__)

    def part(self, start: int, end: int) -> "TagScores":
        """Those of the words ``start:end``."""

        def log_probs(words: slice) -> FloatArray:
            low, high, _ = words.indices(end - start)
            return self.log_probs(slice(start + low, start + high))

        return TagScores(self.tag_ids[start:end], self.probabilities[start:end], log_probs)


def legal_transitions(tags: Sequence[str]) -> BoolArray:
    """Whether tag j may follow tag i, shape (tags + 1, tags); the last row is the start of a sequence.

    >>> legal_transitions(["O", "B-year", "I-year"]).astype(int).tolist()
    [[1, 1, 0], [1, 1, 1], [1, 1, 1], [1, 1, 0]]
    """
    legal = np.ones((len(tags) + 1, len(tags)), dtype=bool)
    for j, tag in enumerate(tags):
        if tag.startswith("I-"):
            legal[:, j] = [previous[1:] == tag[1:] and previous != "O" for previous in [*tags, ""]]
    return legal


def best_legal_tags(scores: TagScores, tags: Sequence[str]) -> tuple[IntArray, FloatArray]:
    """Tag ids of the most probable legal sequence and their probabilities, both of shape (words,).

    An ``I-x`` that continues nothing can always become ``B-x``, which stays legal with what follows; so a better way
    costs less than that. It can reach back over words only while the least that they lose sums up to less, and forward
    only over the ``I-`` tags that follow. Viterbi runs over these words alone, and gives what it gives over all.

    Args:
        scores: Of a sequence of words.
        tags: Names of the tags.
    """
    legal = legal_transitions(tags)
    best = scores.tag_ids
    if not len(best):
        return best, scores.probabilities
    illegal = np.flatnonzero(~legal[np.concatenate([[len(tags)], best[:-1]]), best])
    if not len(illegal):
        return best, scores.probabilities
    path, chosen = best.copy(), scores.probabilities.copy()
    for start, end in _regions(scores, illegal, tags):
        log_probs = scores.log_probs(slice(start, end))
        path[start:end] = viterbi(log_probs, legal, int(path[start - 1]) if start else len(tags))
        chosen[start:end] = np.exp(log_probs[np.arange(end - start), path[start:end]])
    return path, chosen


_SLACK = 1e-3  # for sums of half-precision log-probabilities


def _regions(scores: TagScores, illegal: IntArray, tags: Sequence[str]) -> list[tuple[int, int]]:
    """Stretches of words outside of which the best legal sequence is the most probable one."""
    inside = np.array([tag.startswith("I-") for tag in tags])
    begin = {i: tags.index(f"B-{tag[2:]}") for i, tag in enumerate(tags) if tag.startswith("I-")}
    regions: list[tuple[int, int]] = []
    for word in illegal.tolist():
        tag = int(scores.tag_ids[word])
        ((row),) = scores.log_probs(slice(word, word + 1))
        allowance = float(row[tag] - row[begin[tag]]) + _SLACK
        end = word + 1
        while end < len(scores.tag_ids) and inside[scores.tag_ids[end]]:
            end += 1
        start, spent = word, 0.0
        while start > 0 and spent <= allowance:
            start -= 1
            ((row),) = scores.log_probs(slice(start, start + 1))
            second, first = np.partition(row, -2)[-2:]
            spent += float(first - second)
        while regions and start <= regions[-1][1]:  # two repairs may share their cost
            earlier = regions.pop()
            start, end = min(start, earlier[0]), max(end, earlier[1])
        regions.append((start, end))
    return regions


def viterbi(log_probs: FloatArray, legal: BoolArray, previous: int) -> IntArray:
    """Tag ids of the most probable legal sequence (forbidden transitions masked out), shape (words,).

    Args:
        log_probs: Log-probability of each tag, shape (words, tags).
        legal: As :func:`legal_transitions` gives it.
        previous: The tag before the first word; the number of tags where there is none.
    """
    penalty = np.where(legal, 0.0, -np.inf)
    score = penalty[previous] + log_probs[0]
    back = np.zeros(log_probs.shape, dtype=np.int64)
    for i in range(1, len(log_probs)):
        candidates = score[:, None] + penalty[:-1]
        back[i] = candidates.argmax(axis=0)
        score = candidates.max(axis=0) + log_probs[i]
    path = np.empty(len(log_probs), dtype=np.int64)
    path[-1] = score.argmax()
    for i in range(len(log_probs) - 1, 0, -1):
        path[i - 1] = back[i, path[i]]
    return path


def decode_spans(scores: TagScores, words: Sequence[Word], tags: Sequence[str]) -> list[Span]:
    """Spans of a document from its words' tag scores.

    A span's score is the mean probability of its words' tags.

    Args:
        scores: Of the document's words.
        words: The document's words.
        tags: Names of the tags.

    >>> log_probs = np.log([[0.2, 0.7, 0.1], [0.3, 0.1, 0.6]])
    >>> spans = decode_spans(TagScores.of(log_probs), [Word(0, 2), Word(3, 4)], ["O", "B-year", "I-year"])
    >>> [(s.start, s.end, s.label, s.score) for s in spans]
    [(0, 4, 'year', 0.65)]
    """
    path, chosen = best_legal_tags(scores, tags)
    kinds = np.array([tag[0] for tag in tags])[path]
    begins, others = np.flatnonzero(kinds == "B"), np.flatnonzero(kinds != "I")
    ends = np.append(others, len(path))[np.searchsorted(others, begins, side="right")]
    return [
        Span(
            words[first].start,
            words[end - 1].end,
            tags[path[first]].removeprefix("B-"),
            score=round(float(chosen[first:end].mean(dtype=np.float64)), 4),
        )
        for first, end in zip(begins.tolist(), ends.tolist(), strict=True)
    ]
