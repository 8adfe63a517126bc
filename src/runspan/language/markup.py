"""Inline markup ↔ document: ``<label>surface</label>``, optionally ``<label run="2">``.

Only the configured labels make a tag, any other ``<`` is text. Parsing, then writing, gives back the same characters.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from runspan.base.documents import Document, Span
from runspan.base.errors import Fault, position
from runspan.base.labels import LABELS

_LINE_END = re.compile(r"\r\n|\r|\n")
_RUN = re.compile(r"[1-9]\d*(?:,[1-9]\d*)*|\*")


@dataclass(frozen=True, slots=True)
class _Tag:
    """One tag as it stands in the file: opening or closing, at ``offset`` of the tagged text."""

    label: str
    run: str | None
    closing: bool
    offset: int
    text: str


def _tag_pattern(labels: Sequence[str]) -> re.Pattern[str]:
    names = "|".join(map(re.escape, labels))
    return re.compile(rf"<(?P<close>/?)(?P<label>{names})(?P<attribute>\s+run\b[^<>]*)?>")


class Parsed(NamedTuple):
    """What :func:`parse` makes of a tagged text.

    Attributes:
        document: The document without its tags; a faulty tag leaves no span.
        faults: Every fault of the markup, in order.
        places: Line and column of each span's opening tag.
    """

    document: Document
    faults: list[Fault]
    places: list[tuple[int, int]]


def parse(tagged: str, id: str = "", source: str = "", labels: Sequence[str] = LABELS) -> Parsed:
    """Read a tagged text.

    Args:
        tagged: Text with inline tags, line ends as in the file.
        id: Id of the document.
        source: Where the text came from, for the faults.
        labels: Labels whose tags count; all others are text.

    >>> document, faults, _ = parse('on <gpu_count run="2">8</gpu_count> cards, x < y')
    >>> document.text, document.spans[0].start, document.spans[0].run, faults
    ('on 8 cards, x < y', 3, '2', [])
    >>> print(parse("a <params>7B</hardware>", source="a.txt").faults[0])
    a.txt:1:13: </hardware> closes <params>, opened at 1:3: write </params>
    """
    reader = _Reader(tagged, source or id)
    cursor = 0
    for match in _tag_pattern(labels).finditer(tagged):
        reader.add_text(tagged[cursor : match.start()])
        cursor = match.end()
        attribute = match["attribute"] or ""
        run = _read_run(attribute)
        tag = _Tag(match["label"], run, bool(match["close"]), match.start(), match[0])
        if attribute and (run is None or tag.closing):
            expected = f'<{tag.label} run="2">, "1,2" or "*"' if not tag.closing else f"</{tag.label}>"
            reader.fault(tag, f"found {tag.text}, expected {expected}")
        (reader.close if tag.closing else reader.open)(tag)
    reader.add_text(tagged[cursor:])
    return reader.finish(id, source)


def is_run_tie(text: str) -> bool:
    """Whether a text can stand in ``run="…"``.

    >>> [is_run_tie(text) for text in ("2", "1,2", "*", "0", "1, 2", "")]
    [True, True, True, False, False, False]
    """
    return _RUN.fullmatch(text) is not None


def _read_run(attribute: str) -> str | None:
    match = re.fullmatch(r' run="([^"]*)"', attribute)
    return match[1] if match and is_run_tie(match[1]) else None


class _Reader:
    """Collects text, spans and faults while the tags of one file go by."""

    def __init__(self, tagged: str, source: str) -> None:
        self.source = source
        self.line_starts = [0, *(match.end() for match in _LINE_END.finditer(tagged))]
        self.pieces: list[str] = []
        self.length = 0
        self.spans: list[Span] = []
        self.faults: list[Fault] = []
        self.places: list[tuple[int, int]] = []
        self.opened: tuple[_Tag, int, int] | None = None  # tag, characters and pieces before it

    def add_text(self, piece: str) -> None:
        self.pieces.append(piece)
        self.length += len(piece)

    def fault(self, tag: _Tag, message: str) -> None:
        self.faults.append(Fault(self.source, *self.place(tag), message))

    def place(self, tag: _Tag) -> tuple[int, int]:
        line = bisect_right(self.line_starts, tag.offset)
        return line, tag.offset - self.line_starts[line - 1] + 1

    def named_place(self, tag: _Tag) -> str:
        return "{}:{}".format(*self.place(tag))

    def open(self, tag: _Tag) -> None:
        if self.opened:
            outer = self.opened[0]
            self.fault(
                tag, f"{tag.text} opens inside <{outer.label}>, opened at {self.named_place(outer)}: tags never nest"
            )
            return
        self.opened = tag, self.length, len(self.pieces)

    def close(self, tag: _Tag) -> None:
        if not self.opened:
            self.fault(tag, f"{tag.text} closes nothing: write <{tag.label}> before the value, or take it out")
            return
        (opening, start, first_piece), self.opened = self.opened, None
        if opening.label != tag.label:
            where = self.named_place(opening)
            self.fault(tag, f"{tag.text} closes <{opening.label}>, opened at {where}: write </{opening.label}>")
            return
        surface = "".join(self.pieces[first_piece:])
        if not surface.strip():
            self.fault(opening, f"{opening.text} holds no text: tag the value's characters, or take the tags out")
        elif surface != surface.strip():
            self.fault(opening, f"{opening.text} holds {surface!r}: move the white space outside of the tags")
        else:
            self.spans.append(Span(start, self.length, tag.label, run=opening.run))
            self.places.append(self.place(opening))

    def finish(self, id: str, source: str) -> Parsed:
        if self.opened:
            opening = self.opened[0]
            self.fault(opening, f"{opening.text} is never closed: write </{opening.label}> after the value")
        document = Document(id, "".join(self.pieces), tuple(self.spans), source)
        return Parsed(document, sorted(self.faults), self.places)


def write(document: Document) -> str:
    """The tagged text of a document; the inverse of :func:`parse`.

    >>> write(Document("a", "on 8 cards", (Span(3, 4, "gpu_count", run="2"),)))
    'on <gpu_count run="2">8</gpu_count> cards'
    """
    pieces, cursor = [], 0
    for span in document.spans:
        attribute = f' run="{span.run}"' if span.run else ""
        surface = document.surface(span)
        pieces += [document.text[cursor : span.start], f"<{span.label}{attribute}>{surface}</{span.label}>"]
        cursor = span.end
    return "".join(pieces) + document.text[cursor:]


def locate(document: Document, span: Span) -> tuple[int, int]:
    """Line and column (both from 1) of a span's opening tag in the tagged text.

    >>> document = Document("a", "8 cards of 40GB", (Span(0, 1, "gpu_count"), Span(11, 15, "hardware")))
    >>> locate(document, document.spans[1])
    (1, 35)
    """
    before = tuple(s for s in document.spans if s.end <= span.start)
    tagged = write(Document(document.id, document.text[: span.start], before))
    return position(tagged, len(tagged))
