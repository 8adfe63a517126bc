"""Facts that stand in a fixed place beside a found one: the count before a device, the cells of a column.

A number directly before a device counts it, and a device directly after a count is what it counts. A column of a table
states one fact for each of its rows, so where most of its cells hold a found value, the others of the same form do.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from runspan.base.documents import Document, Span
from runspan.base.words import split_words
from runspan.language.normalize import normalize

_COUNT_BEFORE = re.compile(
    r"(?<![\w.,/-])(?!(?:19|20)[0-9]{2}[ \n])([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,5}|one|two|three|four|five|six|seven"
    r"|eight|single)(?:\s?[x×]|-)?\s?\Z",
    re.I,
)
_SLICE_AFTER = re.compile(r"-([0-9]{1,5})(?![\w.-])")
_DEVICE_AFTER = re.compile(
    r"(?:\s?[x×]|-)?\s?((?:(?:NVIDIA|AMD|Intel|Google|Tesla|GeForce|Quadro)\s)*(?:[A-Z]+\s?)?[A-Z]*\d{2,4}\w*)"
)
_LONGEST = 24  # characters
_CELL = re.compile(r"(?<=\|)[^|\n]*(?=\|)|(?<=\|)[^|\n]+$|^[^|\n]+(?=\|)", re.M)
_RULE = re.compile(r"[\s:-]*")
_OF_COLUMNS = ("gpu_count", "hardware", "training")
_FEWEST_CELLS = 2  # with a found value, and at least as many as without


def complete_facts(document: Document) -> Document:
    """A document with the facts that stand beside its found ones; an added span has the score of what it was added for.

    >>> document = Document("a", "8x A100, or 4 V100", (Span(3, 7, "hardware", 0.9), Span(12, 13, "gpu_count", 0.8)))
    >>> [(span.label, span.start, span.end) for span in complete_facts(document).spans]
    [('gpu_count', 0, 1), ('hardware', 3, 7), ('gpu_count', 12, 13), ('hardware', 14, 18)]
    """
    words = split_words(document.text)
    starts, ends = {word.start for word in words}, {word.end for word in words}
    spans = list(document.spans)
    for find in (_pairs, _cells):
        for added in find(replace(document, spans=tuple(spans))):
            whole = added.start in starts and added.end in ends
            if whole and not any(added.overlaps(span) for span in spans):
                spans.append(added)
        spans.sort(key=lambda span: span.start)
    return replace(document, spans=tuple(spans))


def _pairs(document: Document) -> Iterator[Span]:
    """Counts beside found hardware, hardware beside found counts."""
    text = document.text
    for span in document.spans:
        if span.label == "hardware":
            before = _COUNT_BEFORE.search(text, max(0, span.start - _LONGEST), span.start)
            after = _SLICE_AFTER.match(text, span.end) if "tpu" in document.surface(span).lower() else None
            for match in filter(None, (before, after)):
                yield Span(*match.span(1), "gpu_count", span.score)
        elif span.label == "gpu_count":
            device = _DEVICE_AFTER.match(text, span.end)
            if device and normalize("hardware", device[1]).as_dict()["value"]:
                yield Span(*device.span(1), "hardware", span.score)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell of a table with the spans in it; ``form`` is its text with values and digits made alike."""

    start: int
    end: int
    spans: tuple[Span, ...]
    form: str


def _cells(document: Document) -> Iterator[Span]:
    """Values of the cells that lack one, in columns most of whose cells of the same form hold one value."""
    for column in _columns(document):
        for label in _OF_COLUMNS:
            holding = [cell for cell in column if [span.label for span in cell.spans] == [label]]
            forms = Counter(cell.form for cell in holding)
            lacking = [cell for cell in column if not cell.spans and cell.form in forms]
            if len(holding) < max(_FEWEST_CELLS, len(lacking)):
                continue
            score = min(cell.spans[0].score or 0.0 for cell in holding)
            for cell in lacking:
                like = next(other for other in holding if other.form == cell.form)
                span = like.spans[0]
                yield Span(cell.start + span.start - like.start, cell.end + span.end - like.end, label, score)


def _columns(document: Document) -> Iterator[Sequence[_Cell]]:
    """Columns of the Markdown tables of a document, without their heads."""
    columns: dict[int, list[_Cell]] = defaultdict(list)
    offset, is_body = 0, False
    for line in document.text.splitlines(keepends=True):
        cells = list(_CELL.finditer(line))
        if not cells:
            yield from columns.values()
            columns, is_body = defaultdict(list), False
        elif all(_RULE.fullmatch(cell[0]) for cell in cells):
            is_body = True
        elif is_body:
            for i, cell in enumerate(cells):
                columns[i].append(_cell(document, offset + cell.start(), offset + cell.end()))
        offset += len(line)
    yield from columns.values()


def _cell(document: Document, start: int, end: int) -> _Cell:
    text = document.text[start:end]
    start, end = start + len(text) - len(text.lstrip()), start + len(text.rstrip())
    spans = tuple(span for span in document.spans if start <= span.start and span.end <= end)
    return _Cell(start, max(start, end), spans, re.sub(r"[0-9][0-9.,]*", "0", document.text[start:end]))
