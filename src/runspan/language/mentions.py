"""Surfaces that a document tags in one place and leaves untagged in another."""

import re
from collections.abc import Iterator

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


def untagged_mentions(document: Document, label: str) -> Iterator[Span]:
    """Places where a surface of the label stands as a whole word in prose, outside of every span.

    >>> document = Document("a", "Foo, foo, Foo-2, `Foo`, Foo", (Span(0, 3, "model"),))
    >>> [(span.start, span.end) for span in untagged_mentions(document, "model")]
    [(24, 27)]
    """
    surfaces = {document.surface(span) for span in document.spans if span.label == label}
    surfaces = {surface for surface in surfaces if len(surface) >= _SHORTEST}
    if not surfaces:
        return
    names = "|".join(re.escape(surface) for surface in sorted(surfaces, key=len, reverse=True))
    taken = [(span.start, span.end) for span in document.spans] + _outside_prose(document.text)
    for match in re.finditer(rf"(?<![\w./\\-])(?:{names})(?![\w/\\-]|[.:]\w|{_AN_ORGANISATION})", document.text):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            yield Span(match.start(), match.end(), label)


def _outside_prose(text: str) -> list[tuple[int, int]]:
    return [match.span() for pattern in _NOT_PROSE for match in pattern.finditer(text)]
