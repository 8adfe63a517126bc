"""Scores → confidences: how often spans and values that are so sure turn out right."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

BINS = 10
_LEAST = 1e-4  # scores are rounded to four digits


@dataclass(frozen=True, slots=True)
class Calibration:
    """A temperature and an offset of log-odds: ``confidence = σ(logit(score) / temperature + offset)``.

    With a temperature alone (C. Guo et al., *On Calibration of Modern Neural Networks*, 2017) a score of one half stays
    one half, whatever the share of those that are right; the offset is that of J. Platt, *Probabilistic Outputs for
    Support Vector Machines*, 1999. The order of scores never changes.

    >>> Calibration(2.0, -1.0).confidence(0.9), Calibration().confidence(0.9)
    (0.5246, 0.9)
    """

    temperature: float = 1.0
    offset: float = 0.0

    def confidence(self, score: float) -> float:
        """The confidence of a score, both in [0, 1]; four digits."""
        if self == Calibration():
            return score
        return round(1 / (1 + exp(-(_logit(score) / self.temperature + self.offset))), 4)


@dataclass(frozen=True, slots=True)
class Bin:
    """Findings of much the same confidence.

    Attributes:
        low: Least confidence.
        high: Greatest one, not included but in the last bin.
        count: Number of findings.
        confidence: Their mean confidence; 0 where there is none.
        accuracy: Share of them that are right; 0 where there is none.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


def fit_calibration(scores: Sequence[float], correct: Sequence[bool]) -> Calibration:
    """The calibration under which what turned out right, and what did not, is most probable.

    Targets are Platt's, a little inside of 0 and 1, so that a few findings, or findings that are all right, never give
    a confidence of exactly 1.

    Args:
        scores: Of findings, in [0, 1].
        correct: Whether each is right. Without a single finding, scores stay as they are.
    """
    if not len(scores):
        return Calibration()
    x = np.array([_logit(score) for score in scores])
    y = np.asarray(correct, dtype=np.float64)
    right = y.sum()
    targets = np.where(y > 0, (right + 1) / (right + 2), 1 / (len(y) - right + 2))

    def loss(parameters: npt.NDArray[np.float64]) -> float:
        z = x * np.exp(-parameters[0]) + parameters[1]
        return float(np.mean(np.logaddexp(0, z) - targets * z)) + 1e-4 * float(parameters[0] ** 2)

    fitted = minimize(loss, np.zeros(2), method="L-BFGS-B", bounds=[(-log(20), log(20)), (-10, 10)]).x
    return Calibration(round(float(np.exp(fitted[0])), 4), round(float(fitted[1]), 4))


def reliability(confidences: Sequence[float], correct: Sequence[bool], bins: int = BINS) -> list[Bin]:
    """Findings in bins of equal width by their confidence, the data of a reliability diagram.

    >>> [(bin.count, bin.confidence, bin.accuracy) for bin in reliability([0.25, 0.75, 0.85], [False, True, False], 2)]
    [(1, 0.25, 0.0), (2, 0.8, 0.5)]
    """
    sure, right = np.asarray(confidences, dtype=np.float64), np.asarray(correct, dtype=np.float64)
    place = np.minimum((sure * bins).astype(np.int64), bins - 1)
    counts = np.bincount(place, minlength=bins)
    means = [np.bincount(place, values, bins) / np.maximum(counts, 1) for values in (sure, right)]
    return [
        Bin(k / bins, (k + 1) / bins, int(counts[k]), round(float(means[0][k]), 4), round(float(means[1][k]), 4))
        for k in range(bins)
    ]


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """Mean distance of confidence and accuracy, by the number of findings in a bin (Guo et al. 2017, equation 3).

    >>> expected_calibration_error(reliability([0.25, 0.75, 0.85], [False, True, False], 2))
    0.2833
    """
    total = sum(bin.count for bin in bins)
    return round(sum(bin.count * abs(bin.confidence - bin.accuracy) for bin in bins) / max(total, 1), 4)


def _logit(score: float) -> float:
    inside = min(max(score, _LEAST), 1 - _LEAST)
    return log(inside / (1 - inside))
