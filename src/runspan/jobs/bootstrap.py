"""How far a score would move with other documents of the same kind: percentile bootstrap intervals.

Documents are drawn with replacement, as many as there are, and the score is computed anew from the sum of their counts;
the interval is what the middle 95% of 1,000 such scores span (B. Efron, R. J. Tibshirani, *An Introduction to the
Bootstrap*, 1993, chapter 13). Documents are drawn and not spans, since the spans of one document resemble each other.
"""

from typing import Any

import numpy as np

from runspan.jobs.ratios import Numbers

RESAMPLES = 1000
LEVEL = 0.95
SEED = 0


def describe() -> dict[str, Any]:
    """The settings, for the record of an evaluation."""
    return {"unit": "document", "resamples": RESAMPLES, "level": LEVEL, "seed": SEED}


def resampled_sums(counts: Numbers) -> Numbers:
    """Sums of the counts of documents drawn with replacement.

    Args:
        counts: Of any shape, one row a document.

    Returns:
        The shape of ``counts`` with :data:`RESAMPLES` rows in place of the documents, always the same ones.

    >>> sums = resampled_sums(np.array([[1.0, 0.0], [0.0, 1.0]]))
    >>> sums.shape, set(sums.sum(axis=1).tolist())
    ((1000, 2), {2.0})
    """
    documents = len(counts)
    drawn = np.random.default_rng(SEED).multinomial(documents, np.full(documents, 1 / documents), size=RESAMPLES)
    return np.tensordot(drawn.astype(np.float64), counts, axes=1)


def interval(scores: Numbers) -> list[float] | None:
    """What the middle :data:`LEVEL` of resampled scores span; those that are undefined (NaN) are left out.

    >>> [round(bound, 3) for bound in interval(np.arange(1001) / 1000)]
    [0.025, 0.975]
    >>> interval(np.array([np.nan]))
    """
    defined = scores[~np.isnan(scores)]
    if not defined.size:
        return None
    tail = (1 - LEVEL) / 2
    return [float(bound) for bound in np.quantile(defined, [tail, 1 - tail])]
