"""Calibration: its fit, what it leaves as it is, and its error."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from runspan.modeling.calibration import (
    Calibration,
    expected_calibration_error,
    fit_calibration,
    reliability,
)

SHARES = st.floats(0, 1)


def test_an_overconfident_model_is_put_right() -> None:
    generator = np.random.default_rng(5)
    truly = generator.uniform(0.02, 0.98, 4000)
    correct = (generator.uniform(size=4000) < truly).tolist()
    logits = 2.5 * np.log(truly / (1 - truly)) + 1.5
    scores = (1 / (1 + np.exp(-logits))).tolist()
    fitted = fit_calibration(scores[:2000], correct[:2000])
    confidences = [fitted.confidence(score) for score in scores[2000:]]
    before = expected_calibration_error(reliability(scores[2000:], correct[2000:]))
    after = expected_calibration_error(reliability(confidences, correct[2000:]))
    assert before > 0.15
    assert after < 0.04
    assert abs(fitted.temperature - 2.5) < 0.4
    assert abs(fitted.offset + 0.6) < 0.3


@given(st.lists(SHARES, min_size=2), st.floats(0.05, 20), st.floats(-10, 10))
def test_confidences_are_shares_in_the_order_of_the_scores(
    scores: list[float], temperature: float, offset: float
) -> None:
    ordered = sorted(scores)
    confidences = [Calibration(temperature, offset).confidence(score) for score in ordered]
    assert confidences == sorted(confidences)
    assert all(0 <= confidence <= 1 for confidence in confidences)


@given(st.lists(st.tuples(SHARES, st.booleans())))
def test_any_findings_give_a_calibration_and_an_error(findings: list[tuple[float, bool]]) -> None:
    scores, correct = [score for score, _ in findings], [right for _, right in findings]
    fitted = fit_calibration(scores, correct)
    assert 0.05 <= fitted.temperature <= 20
    bins = reliability([fitted.confidence(score) for score in scores], correct)
    assert sum(one.count for one in bins) == len(findings)
    assert 0 <= expected_calibration_error(bins) <= 1


def test_nothing_found_leaves_scores_as_they_are() -> None:
    assert fit_calibration([], []) == Calibration()


def test_findings_that_are_all_right_are_sure_but_not_certain() -> None:
    fitted = fit_calibration([0.9] * 50, [True] * 50)
    assert 0.95 < fitted.confidence(0.9) < 1
