"""Surfaces that a document tags in one place and leaves untagged in another."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import replace

from runspan.base.documents import Document, Span

_SHORTEST = 3  # characters: "v2" and "B" name a model in one column and something else in the next
_NOT_PROSE = (
    re.compile(r"^[ \t]*(```|~~~).*?^[ \t]*\1", re.M | re.S),  # fenced code
    re.compile(r"`[^`\n]+`"),
    re.compile(r"(?:https?://|www\.)\S+"),
    re.compile(r"\]\([^)\n]*\)"),  # the target of a link
    re.compile(r"\S*(?:/\S*|@\S+)"),  # paths, ids of a hub, addresses
    re.compile(r"^[ \t]*@\w+\{.*?^[ \t]*\}", re.M | re.S),  # BibTeX
    re.compile(r"<[^<>\n]*>"),  # HTML attributes
)
_AN_ORGANISATION = r"\s+(?:Joint\s+)?(?:Team|Community|Consortium|Group|Foundation)\b"


def untagged_mentions(document: Document, label: str, least_score: float = 0.0) -> Iterator[Span]:
    """Places where a surface of the label stands as a whole word in prose, outside of every span.

    Args:
        document: A text with tagged or predicted spans.
        label: Whose surfaces to look for.
        least_score: Score that a surface must have somewhere, where spans are predicted. The mention gets that score.

    >>> document = Document("a", "Foo, foo, Foo-2, `Foo`, Foo", (Span(0, 3, "model"),))
    >>> [(span.start, span.end) for span in untagged_mentions(document, "model")]
    [(24, 27)]
    """
    scores: dict[str, float | None] = {}
    for span in document.spans:
        if span.label == label and span.end - span.start >= _SHORTEST:
            surface = document.surface(span)
            scores[surface] = max(filter(None, (span.score, scores.get(surface))), default=None)
    scores = {surface: score for surface, score in scores.items() if score is None or score >= least_score}
    if not scores:
        return
    names = "|".join(re.escape(surface) for surface in sorted(scores, key=len, reverse=True))
    taken = _merged([*((span.start, span.end) for span in document.spans), *_outside_prose(document.text)])
    starts = [start for start, _ in taken]
    for match in re.finditer(rf"(?<![\w./\\-])(?:{names})(?![\w/\\-]|[.:]\w|{_AN_ORGANISATION})", document.text):
        before = bisect_left(starts, match.end()) - 1  # of those that begin in time, the one that reaches farthest
        if before < 0 or taken[before][1] <= match.start():
            yield Span(match.start(), match.end(), label, score=scores[match[0]])


def complete_mentions(document: Document, label: str = "model", least_score: float = 0.6) -> Document:
    """A document with the predicted surfaces of ``label`` tagged wherever they stand in prose.

    Every mention of a fact is a span of it, and what a name means doesn't change within a document. A surface counts
    that was found with at least ``least_score`` somewhere; its added mentions get that score.

    >>> document = Document("a", "Foo, foo, Foo-2, Foo", (Span(0, 3, "model", score=0.9),))
    >>> [(span.start, span.end, span.score) for span in complete_mentions(document).spans]
    [(0, 3, 0.9), (17, 20, 0.9)]
    """
    added = untagged_mentions(document, label, least_score)
    return replace(document, spans=tuple(sorted([*document.spans, *added], key=lambda span: span.start)))


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Half-open ranges without those that overlap, in order.

    >>> _merged([(5, 6), (0, 3), (2, 4)])
    [(0, 4), (5, 6)]
    """
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _outside_prose(text: str) -> list[tuple[int, int]]:
    return [match.span() for pattern in _NOT_PROSE for match in pattern.finditer(text)]
