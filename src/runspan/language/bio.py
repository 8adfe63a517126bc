"""Character spans ↔ IOB2 tags over words."""

from bisect import bisect_left
from collections.abc import Sequence

from runspan.base.documents import Document, Span
from runspan.base.labels import OUTSIDE
from runspan.base.words import Word, split_words


def encode_tags(spans: Sequence[Span], words: Sequence[Word]) -> list[str]:
    """IOB2 tag of each word.

    Args:
        spans: Sorted spans that begin and end on word boundaries (see :func:`unrepresentable`).
        words: Words of the text, in order.

    >>> encode_tags([Span(3, 9, "params")], [Word(0, 2), Word(3, 5), Word(6, 9)])
    ['O', 'B-params', 'I-params']
    """
    tags = [OUTSIDE] * len(words)
    index = 0
    for span in spans:
        while index < len(words) and words[index].end <= span.start:
            index += 1
        prefix = "B"
        while index < len(words) and words[index].start < span.end:
            tags[index], prefix = f"{prefix}-{span.label}", "I"
            index += 1
    return tags


def decode_tags(tags: Sequence[str], words: Sequence[Word]) -> list[Span]:
    """Spans of legal IOB2 tags; the inverse of :func:`encode_tags`.

    Raises:
        ValueError: The tags are not legal IOB2 (an ``I-`` that continues nothing).

    >>> decode_tags(["O", "B-params", "I-params"], [Word(0, 2), Word(3, 5), Word(6, 9)])
    [Span(start=3, end=9, label='params', score=None, run=None)]
    """
    spans: list[Span] = []
    start = end = 0
    label: str | None = None
    for tag, word in zip(tags, words, strict=True):
        if tag.startswith("I-"):
            if tag[2:] != label:
                raise ValueError(f"{tag} at {word.start} continues no span of its label")
            end = word.end
            continue
        if label is not None:
            spans.append(Span(start, end, label))
        label = tag[2:] if tag.startswith("B-") else None
        start, end = word
    if label is not None:
        spans.append(Span(start, end, label))
    return spans


def _word_around(words: Sequence[Word], offset: int) -> Word | None:
    """The word that has ``offset`` inside it."""
    after = bisect_left(words, (offset,))
    word = words[after - 1] if after else None
    return word if word and word.start < offset < word.end else None


def unrepresentable(document: Document) -> list[tuple[int, str]]:
    """Spans that words can't carry: overlapping, or with a boundary inside a word. Index and what is wrong with each.

    >>> unrepresentable(Document("a", "on A100s", (Span(3, 7, "hardware"),)))
    [(0, "<hardware>A100</hardware> ends inside the word 'A100s': tag whole words")]
    """
    words = split_words(document.text)
    starts, ends = {word.start for word in words}, {word.end for word in words}
    found: list[tuple[int, str]] = []
    for i, span in enumerate(document.spans):
        tagged = f"<{span.label}>{document.surface(span)}</{span.label}>"
        if i and document.spans[i - 1].overlaps(span):
            found.append((i, f"{tagged} overlaps the span before it, {document.surface(document.spans[i - 1])!r}"))
        for side, offset, known in (("begins", span.start, starts), ("ends", span.end, ends)):
            if offset not in known:
                word = _word_around(words, offset)
                inside = f"inside the word {document.text[word.start : word.end]!r}" if word else "in white space"
                found.append((i, f"{tagged} {side} {inside}: tag whole words"))
    return found
