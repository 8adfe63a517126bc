"""The seven labels and their IOB2 tags, in the fixed order that datasets and models share."""

from collections.abc import Sequence

LABELS: tuple[str, ...] = ("model", "params", "gpu_count", "hardware", "training", "country", "year")
OUTSIDE = "O"


def tag_names(labels: Sequence[str] = LABELS) -> list[str]:
    """IOB2 tag names of ``labels``: ``O`` first, then ``B-`` and ``I-`` of each label in turn.

    >>> tag_names(["model", "year"])
    ['O', 'B-model', 'I-model', 'B-year', 'I-year']
    """
    return [OUTSIDE] + [f"{prefix}-{label}" for label in labels for prefix in ("B", "I")]


def labels_of(tags: Sequence[str]) -> tuple[str, ...]:
    """Labels that a list of IOB2 tag names stands for, in order of their first tag.

    >>> labels_of(["O", "B-model", "I-model", "B-year", "I-year"])
    ('model', 'year')
    """
    return tuple(dict.fromkeys(tag[2:] for tag in tags if tag[:2] in ("B-", "I-")))
