"""Tagged documents beside the spans that were predicted for them, and which span answers to which."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from runspan.base.documents import Document, Span
from runspan.base.errors import RunspanError
from runspan.base.records import text_sha256

STRICT, EITHER = "strict", "either"
APPROXIMATORS = (STRICT, EITHER)
_APPROXIMATOR = re.compile(r"(?:(?:about|approximately|around|roughly)\b|[~≈∼])\s*", re.IGNORECASE)
_MAY_BE_APPROXIMATE = "training"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A tagged document and the spans predicted for it; both sorted, neither with an overlap among its own."""

    document: Document
    predicted: tuple[Span, ...] = ()
    has_record: bool = True


@dataclass(frozen=True, slots=True)
class Pair:
    """A tagged span and the predicted one that answers to it."""

    tagged: Span
    predicted: Span

    @property
    def same_range(self) -> bool:
        """Whether both begin and end at the same characters."""
        return (self.tagged.start, self.tagged.end) == (self.predicted.start, self.predicted.end)


def compare_records(
    gold: Sequence[Document], records: Iterable[Mapping[str, Any]], approximators: str = STRICT
) -> list[Comparison]:
    """Tagged documents, in order, with the spans of the records that have their ids.

    A document without a record counts as one in which nothing was found.

    Args:
        gold: Tagged documents.
        records: Records, of these documents among others.
        approximators: ``"either"`` takes the leading approximator off every ``training`` span, tagged or predicted, so
            that it doesn't matter whether it was in; ``"strict"`` leaves the spans as they are.

    Raises:
        RunspanError: A record's text is not the tagged document's, or its spans overlap or lie outside the text.
    """
    by_id = {record["id"]: record for record in records}
    compared = []
    for document in gold:
        predicted = _predicted(document, by_id.get(document.id))
        if approximators == EITHER:
            document = replace(document, spans=_bare(document.spans, document.text))
            predicted = _bare(predicted, document.text)
        compared.append(Comparison(document, predicted, document.id in by_id))
    return compared


def without_approximator(span: Span, text: str) -> Span:
    """A ``training`` span from behind its leading approximator (about, approximately, around, roughly, ~, ≈, ∼).

    >>> without_approximator(Span(0, 12, "training"), "about 3 days")
    Span(start=6, end=12, label='training', score=None, run=None)
    >>> without_approximator(Span(0, 5, "year"), "~2020")
    Span(start=0, end=5, label='year', score=None, run=None)
    """
    found = _APPROXIMATOR.match(text, span.start) if span.label == _MAY_BE_APPROXIMATE else None
    return replace(span, start=found.end()) if found and found.end() < span.end else span


def pair_same_label(tagged: Sequence[Span], predicted: Sequence[Span]) -> list[Pair]:
    """Tagged spans with the overlapping predicted ones of the same label: as many pairs as can be, each span in one.

    >>> pairs = pair_same_label([Span(0, 4, "year"), Span(5, 9, "year")], [Span(0, 9, "year"), Span(10, 12, "year")])
    >>> [(pair.tagged.end, pair.predicted.end) for pair in pairs]
    [(4, 9)]
    """
    labels = sorted({span.label for span in tagged})
    pairs = [
        pair
        for label in labels
        for pair in pair_overlapping(
            [span for span in tagged if span.label == label], [span for span in predicted if span.label == label]
        )
    ]
    return sorted(pairs, key=lambda pair: pair.tagged.start)


def pair_overlapping(tagged: Sequence[Span], predicted: Sequence[Span]) -> list[Pair]:
    """Tagged spans with the overlapping predicted ones, of whatever label, in order, each span in one pair.

    Both are sorted and without an overlap among their own, so going on past whichever ends first finds as many pairs
    as can be.
    """
    pairs: list[Pair] = []
    i = j = 0
    while i < len(tagged) and j < len(predicted):
        if tagged[i].overlaps(predicted[j]):
            pairs.append(Pair(tagged[i], predicted[j]))
            i, j = i + 1, j + 1
        elif tagged[i].end <= predicted[j].start:
            i += 1
        else:
            j += 1
    return pairs


def _bare(spans: Iterable[Span], text: str) -> tuple[Span, ...]:
    return tuple(without_approximator(span, text) for span in spans)


def _predicted(document: Document, record: Mapping[str, Any] | None) -> tuple[Span, ...]:
    """The spans of a document's record, sorted; none where there is no record or it holds an error."""
    if record is None or record["error"] is not None:
        return ()
    if record["sha256"] != text_sha256(document.text):
        raise RunspanError(
            f"{document.source}: its text without tags is not the one that the record {document.id!r} was made from "
            "(sha256 differs); run infer.py on these documents without their tags"
        )
    spans = [Span(span["start"], span["end"], span["label"], span.get("score")) for span in record["spans"]]
    spans.sort(key=lambda span: (span.start, span.end))
    for span in spans:
        if not 0 <= span.start < span.end <= len(document.text):
            raise RunspanError(
                f"record {document.id!r}: the {span.label} span {span.start}:{span.end} is not within the text's "
                f"{len(document.text)} characters"
            )
    for before, span in pairwise(spans):
        if before.overlaps(span):
            raise RunspanError(
                f"record {document.id!r}: the {before.label} span {before.start}:{before.end} and the {span.label} "
                f"span {span.start}:{span.end} overlap; expected spans that don't"
            )
    return tuple(spans)
