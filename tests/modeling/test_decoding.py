"""Viterbi against exhaustive search; strict scores on illegal predictions."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runspan.base.words import Word
from runspan.modeling.decoding import best_legal_tags, decode_spans, legal_transitions
from runspan.modeling.metrics import strict_scores

TAGS = ["O", "B-year", "I-year", "B-model", "I-model"]
LEGAL = legal_transitions(TAGS)


def is_legal(path: tuple[int, ...]) -> bool:
    return all(LEGAL[before, tag] for before, tag in zip((-1, *path), path, strict=False))


@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_viterbi_finds_the_best_legal_path(seed: int, words: int) -> None:
    log_probs = np.log(np.random.default_rng(seed).dirichlet(np.ones(len(TAGS)), words))
    path = tuple(best_legal_tags(log_probs, LEGAL))
    assert is_legal(path)
    score = {p: sum(log_probs[i, t] for i, t in enumerate(p)) for p in product(range(len(TAGS)), repeat=words)}
    assert score[path] == pytest.approx(max(value for p, value in score.items() if is_legal(p)))


def test_no_words() -> None:
    assert decode_spans(np.zeros((0, 5)), [], TAGS) == []


def test_an_orphan_inside_tag_becomes_a_span_or_nothing() -> None:
    log_probs = np.log(np.array([[0.1, 0.2, 0.6, 0.05, 0.05]]))
    (span,) = decode_spans(log_probs, [Word(0, 4)], TAGS)
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
