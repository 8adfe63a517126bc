"""Viterbi against exhaustive search; strict scores on illegal predictions."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runspan.base.words import Word
from runspan.modeling.decoding import TagScores, best_legal_tags, decode_spans, legal_transitions, viterbi
from runspan.modeling.metrics import strict_scores

TAGS = ["O", "B-year", "I-year", "B-model", "I-model"]
LEGAL = legal_transitions(TAGS)


def is_legal(path: tuple[int, ...]) -> bool:
    return all(LEGAL[before, tag] for before, tag in zip((-1, *path), path, strict=False))


def random_scores(seed: int, words: int, sharpness: float) -> np.ndarray:
    """Random log-probabilities; the larger the sharpness, the surer."""
    rng = np.random.default_rng(seed)
    return np.log(rng.dirichlet(np.full(len(TAGS), 1 / sharpness), words) + 1e-12)


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.sampled_from([1.0, 4.0]))
def test_the_best_of_all_legal_sequences(seed: int, words: int, sharpness: float) -> None:
    log_probs = random_scores(seed, words, sharpness)
    path = tuple(best_legal_tags(TagScores.of(log_probs), TAGS)[0])
    assert is_legal(path)
    score = {p: sum(log_probs[i, t] for i, t in enumerate(p)) for p in product(range(len(TAGS)), repeat=words)}
    assert score[path] == pytest.approx(max(value for p, value in score.items() if is_legal(p)))


@given(st.integers(0, 2**32 - 1), st.integers(1, 200), st.sampled_from([1.0, 4.0, 20.0]))
def test_repaired_where_illegal_is_viterbi_over_all(seed: int, words: int, sharpness: float) -> None:
    log_probs = random_scores(seed, words, sharpness)
    path, probabilities = best_legal_tags(TagScores.of(log_probs), TAGS)
    assert path.tolist() == viterbi(log_probs, LEGAL, len(TAGS)).tolist()
    assert probabilities == pytest.approx(np.exp(log_probs[np.arange(words), path]))


@given(st.integers(0, 2**32 - 1), st.integers(1, 60))
def test_a_legal_sequence_of_most_probable_tags_is_viterbis(seed: int, words: int) -> None:
    log_probs = random_scores(seed, words, 20.0)
    legal = viterbi(log_probs, LEGAL, len(TAGS))
    log_probs[np.arange(words), legal] = 0.0  # now the most probable of each word
    asked: list[slice] = []
    scores = TagScores(
        log_probs.argmax(1), np.exp(log_probs.max(1)), lambda part: asked.append(part) or log_probs[part]
    )
    path, _ = best_legal_tags(scores, TAGS)
    assert path.tolist() == legal.tolist() == viterbi(log_probs, LEGAL, len(TAGS)).tolist()
    assert asked == []


def test_a_part_is_scored_as_by_itself() -> None:
    log_probs = random_scores(3, 50, 1.0)
    part = TagScores.of(log_probs).part(10, 30)
    assert best_legal_tags(part, TAGS)[0].tolist() == viterbi(log_probs[10:30], LEGAL, len(TAGS)).tolist()


def test_no_words() -> None:
    assert decode_spans(TagScores.of(np.zeros((0, 5))), [], TAGS) == []


def test_an_orphan_inside_tag_becomes_a_span_or_nothing() -> None:
    log_probs = np.log(np.array([[0.1, 0.2, 0.6, 0.05, 0.05]]))
    (span,) = decode_spans(TagScores.of(log_probs), [Word(0, 4)], TAGS)
    assert (span.label, span.score) == ("year", 0.2)


def test_strict_scores_reject_an_illegal_start() -> None:
    scores = strict_scores([["B-year", "O"]], [["I-year", "O"]])
    assert scores["f1"] == 0.0
    assert scores["support"] == 1


def test_strict_scores_want_the_boundaries() -> None:
    gold = [["B-params", "I-params", "O"], ["B-year"]]
    assert strict_scores(gold, [["B-params", "O", "O"], ["B-year"]])["f1"] == 0.5
    assert strict_scores(gold, gold)["f1"] == 1.0


def test_strict_scores_without_any_entity() -> None:
    assert strict_scores([["O", "O"]], [["O", "O"]])["f1"] == 0.0
