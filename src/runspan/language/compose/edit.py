"""Edits of a document: stretches of its text replaced by others, with every span shifted to stay on its characters."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from re import Match, Pattern
from typing import NamedTuple, TypeAlias

from runspan.base.documents import Document, Span
from runspan.base.words import split_words

Swaps: TypeAlias = dict[str, str]  # surface → new surface, of one label in one document
_NEAR = 24  # characters around a span whose words an edit is dropped for


class Edit(NamedTuple):
    """``text[start:end]`` becomes ``text``. Where ``start == end`` it is an insertion."""

    start: int
    end: int
    text: str


def apply_edits(document: Document, edits: Iterable[Edit]) -> Document:
    """The document with all edits made at once.

    Offsets of the edits are those of the document as it stands. An edit lies outside of a span, inside it, or covers
    exactly the whole of it; an insertion at the edge of a span stays outside of it.

    Raises:
        ValueError: Two edits overlap, one crosses the edge of a span, or one leaves a span empty.

    >>> document = Document("a", "on 8 GPUs", (Span(3, 4, "gpu_count"),))
    >>> edited = apply_edits(document, [Edit(0, 2, "with"), Edit(3, 4, "sixteen"), Edit(8, 9, "")])
    >>> edited.text, edited.surface(edited.spans[0])
    ('with sixteen GPU', 'sixteen')
    """
    ordered = sorted(edits)
    if not ordered:
        return document
    for before, after in pairwise(ordered):
        if after.start < before.end:
            raise ValueError(f"{before} and {after} overlap")
    crossing = next((edit for edit in ordered if crosses(document.spans, edit)), None)
    if crossing:
        raise ValueError(f"{crossing} crosses the edge of a span")
    return replace(document, text=_new_text(document.text, ordered), spans=_shifted(document.spans, ordered))


def _new_text(text: str, edits: Sequence[Edit]) -> str:
    pieces, cursor = [], 0
    for start, end, new in edits:
        pieces += [text[cursor:start], new]
        cursor = end
    return "".join([*pieces, text[cursor:]])


def _shifted(spans: Sequence[Span], edits: Sequence[Edit]) -> tuple[Span, ...]:
    """Spans after the edits: a start moves by what ends up to it, an end by what starts before it."""
    starts, ends = [edit.start for edit in edits], [edit.end for edit in edits]
    moved = [0, *accumulate(len(edit.text) - (edit.end - edit.start) for edit in edits)]
    shifted = []
    for span in spans:
        start = span.start + moved[bisect_right(ends, span.start)]
        end = span.end + moved[bisect_left(starts, span.end)]
        if start >= end:
            raise ValueError(f"nothing is left of {span}")
        shifted.append(Span(start, end, span.label, span.score, span.run))
    return tuple(shifted)


def crosses(spans: Sequence[Span], edit: Edit) -> bool:
    """Whether an edit lies on both sides of an edge of a sorted span.

    >>> spans = [Span(3, 6, "params")]
    >>> [crosses(spans, Edit(*where, "")) for where in ((2, 4), (3, 6), (4, 5), (6, 8), (2, 7))]
    [True, False, False, False, True]
    """
    index = bisect_right(spans, edit.start, key=_end)
    return any(edit.start < edge < edit.end for span in spans[index : index + 2] for edge in (span.start, span.end))


def is_outside(spans: Sequence[Span], start: int, end: int) -> bool:
    """Whether ``start:end`` shares no character with a sorted span, nor stands between two characters of one.

    >>> [is_outside([Span(3, 6, "params")], *where) for where in ((0, 3), (3, 3), (4, 4), (5, 8), (6, 8))]
    [True, True, False, False, True]
    """
    index = bisect_right(spans, start, key=_end)
    return index == len(spans) or max(end, start) <= spans[index].start


def _end(span: Span) -> int:
    return span.end


def edit_safely(document: Document, edits: Iterable[Edit]) -> Document:
    """The document with those edits that keep every span on whole words; the others are dropped.

    >>> document = Document("a", "on 8 GPUs", (Span(3, 4, "gpu_count"),))
    >>> edit_safely(document, [Edit(2, 3, ""), Edit(4, 5, "\\n"), Edit(5, 5, "big  ")]).text
    'on 8 GPUs'
    >>> edit_safely(document, [Edit(0, 0, "Trained "), Edit(2, 4, " ")]).text
    'Trained on 8 GPUs'
    """
    kept = [edit for edit in edits if not crosses(document.spans, edit)]
    try:
        edited = apply_edits(document, kept)
    except ValueError:  # together they would leave nothing of a span
        kept = [edit for edit in kept if is_outside(document.spans, edit.start, edit.end)]
        edited = apply_edits(document, kept)
    broken = [i for i, span in enumerate(edited.spans) if not stands_on_words(edited.text, span)]
    if not broken:
        return edited
    spans = [document.spans[i] for i in broken]
    near = [(span.start - _NEAR, span.end + _NEAR) for span in spans]
    kept = [edit for edit in kept if not any(edit.start <= end and start <= edit.end for start, end in near)]
    edited = apply_edits(document, kept)
    return edited if all(stands_on_words(edited.text, span) for span in edited.spans) else document


def stands_on_words(text: str, span: Span) -> bool:
    """Whether a span begins and ends on words; looks no farther than the white space around it.

    >>> stands_on_words("on A100s", Span(3, 8, "hardware")), stands_on_words("on A100s", Span(3, 7, "hardware"))
    (True, False)
    """
    start, end = span.start, span.end
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    if (start, end) == (span.start, span.end):
        return not text[start].isspace() and not text[end - 1].isspace()
    words = split_words(text[start:end])
    begins = any(word.start == span.start - start for word in words)
    return begins and any(word.end == span.end - start for word in words)


def substitute_pattern(
    document: Document, pattern: Pattern[str], new: Callable[[Match[str]], str | None], *, outside: bool = False
) -> Document:
    """The document with matches of a pattern replaced, where that keeps every span on whole words.

    Args:
        document: Document to edit.
        pattern: What to look for.
        new: Replacement of a match; ``None`` leaves it as it stands.
        outside: Only where no span has a character of the match.

    >>> import re
    >>> document = Document("a", "~8 cards, ~3 h", (Span(11, 14, "training"),))
    >>> substitute_pattern(document, re.compile("~"), lambda match: "about ").text
    'about 8 cards, about 3 h'
    """
    edits = []
    for match in pattern.finditer(document.text):
        start, end = match.span()
        if outside and not is_outside(document.spans, start, end):
            continue
        text = new(match)
        if text is not None:
            edits.append(Edit(start, end, text))
    return edit_safely(document, edits)


def join_documents(id: str, documents: Iterable[Document], between: str = "") -> Document:
    """Documents end to end, with their spans.

    >>> join_documents("c", [Document("a", "in "), Document("b", "2023", (Span(0, 4, "year"),))]).spans
    (Span(start=3, end=7, label='year', score=None, run=None),)
    """
    pieces: list[str] = []
    spans: list[Span] = []
    length = 0
    for document in documents:
        lead = between if pieces else ""
        length += len(lead)
        spans += [replace(span, start=span.start + length, end=span.end + length) for span in document.spans]
        pieces.append(lead + document.text)
        length += len(document.text)
    return Document(id, "".join(pieces), tuple(spans))


def cut_document(document: Document, start: int, end: int) -> Document:
    """The stretch ``text[start:end]`` with the spans that lie in it as a whole."""
    spans = (span for span in document.spans if start <= span.start and span.end <= end)
    moved = tuple(replace(span, start=span.start - start, end=span.end - start) for span in spans)
    return Document(document.id, document.text[start:end], moved, document.source)


def surfaces_of(document: Document, label: str) -> list[str]:
    """Distinct surfaces of a label, in order."""
    return list(dict.fromkeys(document.surface(span) for span in document.spans if span.label == label))
