"""Which label was predicted for which tagged one."""

from collections import Counter
from collections.abc import Sequence
from typing import TypeAlias

from runspan.base.documents import Span
from runspan.jobs.comparison import Comparison, pair_same_label
from runspan.jobs.span_errors import find_errors

Confusion: TypeAlias = Counter[tuple[str | None, str | None]]


def count_confusion(compared: Sequence[Comparison]) -> Confusion:
    """Spans by tagged and predicted label; one of the two is ``None`` for what is spurious or missed.

    Spans of one label that overlap count under that label, whatever their boundaries.

    >>> from runspan.base.documents import Document, Span
    >>> tagged = Document("a", "2020 or 2021", (Span(0, 4, "year"), Span(8, 12, "year")))
    >>> sorted(count_confusion([Comparison(tagged, (Span(0, 7, "year"),))]), key=str)
    [('year', 'year'), ('year', None)]
    """
    right = (
        (pair.tagged.label, pair.predicted.label)
        for one in compared
        for pair in pair_same_label(one.document.spans, one.predicted)
        if pair.same_range
    )
    counts: Confusion = Counter(right)
    for error in find_errors(compared):
        counts[_label(error.tagged), _label(error.predicted)] += 1
    return counts


def _label(span: Span | None) -> str | None:
    return span.label if span else None
