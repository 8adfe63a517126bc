"""Precision, recall and F1 of counts, element by element. Nothing of nothing is 0."""

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


def share(part: Numbers, whole: Numbers, empty: float = 0.0) -> Numbers:
    """``part / whole``, and ``empty`` where the whole is nothing.

    >>> share(np.array([1.0, 0.0]), np.array([4.0, 0.0]))
    array([0.25, 0.  ])
    """
    return np.divide(part, whole, out=np.full(np.shape(whole), empty), where=whole > 0)


def harmonic_mean(precision: Numbers, recall: Numbers) -> Numbers:
    """F1 of precision and recall.

    >>> harmonic_mean(np.array([1.0, 0.0]), np.array([0.5, 0.0])).round(3)
    array([0.667, 0.   ])
    """
    return share(2 * precision * recall, precision + recall)


def precision_recall_f1(correct: Numbers, predicted: Numbers, true: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Correct of those predicted, correct of those true, and their harmonic mean.

    >>> [float(score[0]) for score in precision_recall_f1(np.array([3.0]), np.array([4.0]), np.array([6.0]))]
    [0.75, 0.5, 0.6]
    """
    precision, recall = share(correct, predicted), share(correct, true)
    return precision, recall, harmonic_mean(precision, recall)
