"""Which predicted spans are wrong, and how: every tagged span is correct or in one error, and so is every predicted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from runspan.base.documents import Document, Span
from runspan.jobs.comparison import Comparison, Pair, pair_overlapping, pair_same_label

MISSED, SPURIOUS, WRONG_LABEL, WRONG_BOUNDARY = KINDS = ("missed", "spurious", "wrong label", "wrong boundary")


@dataclass(frozen=True, slots=True)
class SpanError:
    """One error.

    Attributes:
        kind: One of :data:`KINDS`. Two spans that overlap have a *wrong boundary* where their label is the same, and a
            *wrong label* where it isn't, whatever their boundaries. What is left without a partner is *missed* where it
            was tagged, and *spurious* where it was predicted.
        document: The document that it is in.
        tagged: The tagged span; ``None`` for a spurious one.
        predicted: The predicted span; ``None`` for a missed one.
    """

    kind: str
    document: Document
    tagged: Span | None
    predicted: Span | None

    @property
    def start(self) -> int:
        """First character of what is tagged or predicted."""
        return min(span.start for span in (self.tagged, self.predicted) if span)

    @property
    def end(self) -> int:
        """One past the last character of what is tagged or predicted."""
        return max(span.end for span in (self.tagged, self.predicted) if span)


def find_errors(compared: Iterable[Comparison]) -> list[SpanError]:
    """The errors of documents, sorted by kind in order of :data:`KINDS`, then document, then place."""
    errors = [error for comparison in compared for error in _errors_of(comparison)]
    return sorted(errors, key=lambda error: (KINDS.index(error.kind), error.document.id, error.start))


def _errors_of(comparison: Comparison) -> Iterator[SpanError]:
    document = comparison.document
    alike = pair_same_label(document.spans, comparison.predicted)
    tagged, predicted = _left(document.spans, comparison.predicted, alike)
    unlike = pair_overlapping(tagged, predicted)
    tagged, predicted = _left(tagged, predicted, unlike)
    yield from (SpanError(MISSED, document, span, None) for span in tagged)
    yield from (SpanError(SPURIOUS, document, None, span) for span in predicted)
    yield from (SpanError(WRONG_LABEL, document, pair.tagged, pair.predicted) for pair in unlike)
    yield from (
        SpanError(WRONG_BOUNDARY, document, pair.tagged, pair.predicted) for pair in alike if not pair.same_range
    )


def _left(tagged: Sequence[Span], predicted: Sequence[Span], pairs: Sequence[Pair]) -> tuple[list[Span], list[Span]]:
    """The spans that are in no pair."""
    paired_tagged, paired_predicted = {pair.tagged for pair in pairs}, {pair.predicted for pair in pairs}
    return (
        [span for span in tagged if span not in paired_tagged],
        [span for span in predicted if span not in paired_predicted],
    )
