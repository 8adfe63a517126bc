"""What is taken in from the files of other tools: documents whose spans fit, and every fault of the others."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from runspan.base.documents import Document, Span
from runspan.base.errors import Fault
from runspan.base.labels import LABELS
from runspan.base.words import split_words
from runspan.language import bio
from runspan.language.markup import is_run_tie
from runspan.publish.annotation.offsets import CHARACTERS, Ruler

_BLANKS = re.compile(r"\s|\\[nr]")  # one tool shows a line end as white space, another as backslash and n


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a foreign file.

    Attributes:
        source: The file.
        line: Its line, from 1; 0 where the format has none.
        column: The column, from 1.
        item: What stands there, as the tool calls it (``task 3, result 'a1'``).
    """

    source: str
    line: int = 0
    column: int = 1
    item: str = ""

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}" if self.line else self.source

    def within(self, item: str) -> "Place":
        """A part of what stands here."""
        return replace(self, item=f"{self.item}, {item}" if self.item else item)

    def fault(self, message: str) -> Fault:
        """A fault at this place."""
        return Fault(self.source, self.line, self.column, f"{self.item}: {message}" if self.item else message)


@dataclass(frozen=True, slots=True)
class ForeignSpan:
    """A span as a foreign file states it, unchecked.

    Attributes:
        place: Where it stands.
        start: First character, in the tool's unit.
        end: One past the last character, in the tool's unit.
        label: Its label.
        surface: The text that the file says it has; ``None`` where it says nothing.
        score: Its score, if any.
        run: Its run tie, if any.
    """

    place: Place
    start: Any
    end: Any
    label: Any
    surface: str | None = None
    score: Any = None
    run: Any = None


@dataclass
class Intake:
    """Collects documents, faults and counts while files are read.

    Attributes:
        labels: Labels that a span may have.
        drop_unfit: Spans that can't be ours (other labels, boundaries inside a word, overlaps) are dropped and counted
            rather than faults. Of two that overlap, the one that begins first stays; the longer one of two that begin
            together.
        unit: The unit of the offsets, where it isn't the format's usual one.
        documents: What was read, in order.
        faults: What is wrong.
        left_out: What was not taken in, by name.
        joined: Documents whose text was joined from words, since the file has no other.
    """

    labels: Sequence[str] = LABELS
    drop_unfit: bool = False
    unit: str | None = None
    documents: list[Document] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    joined: int = 0
    _places: dict[str, Place] = field(default_factory=dict)

    def fault(self, place: Place, message: str) -> None:
        """Note a fault."""
        self.faults.append(place.fault(message))

    def leave_out(self, name: str, found: Any) -> None:
        """Count the items of a list that is not taken in."""
        if isinstance(found, list):
            self.left_out[name] += len(found)

    def take(self, place: Place, id: str, text: str, spans: Iterable[ForeignSpan], unit: str = CHARACTERS) -> None:
        """Take in a document of ``text`` with its spans, whose offsets are in ``unit`` unless told otherwise."""
        if id in self._places:
            self.fault(place, f"the id {id!r} again, as in {self._places[id]}: give each document its own")
            return
        self._places[id] = place
        fitting = _Fitting(self, text, self.unit or unit)
        kept = fitting.fit(spans)
        self.documents.append(Document(id, text, tuple(kept), place.source))


class _Fitting:
    """Fits the spans of one document."""

    def __init__(self, intake: Intake, text: str, unit: str) -> None:
        self._intake, self._text, self._unit = intake, text, unit
        self._ruler = Ruler(text, unit)

    def fit(self, foreign: Iterable[ForeignSpan]) -> list[Span]:
        """The spans that fit, sorted, without overlap."""
        read = [(span, one.place) for one in foreign if (span := self._read(one)) is not None]
        words = split_words(self._text) if read else ()
        starts, ends = {word.start for word in words}, {word.end for word in words}
        kept: list[Span] = []
        for span, place in sorted(read, key=lambda pair: (pair[0].start, -pair[0].end)):
            if span.label not in self._intake.labels:
                known = ", ".join(self._intake.labels)
                self._unfit(place, "spans of other labels", f"the label {span.label!r}; expected one of {known}")
            elif kept and kept[-1].overlaps(span):
                other = f"the {kept[-1].label} span {self._shown(kept[-1])}"
                self._unfit(place, "overlapping spans", f"{span.label} span {self._shown(span)} overlaps {other}")
            elif span.start not in starts or span.end not in ends:
                alone = Document("", self._text, (span,))
                for _, message in bio.unrepresentable(alone):
                    self._unfit(place, "spans inside words", f"{message} ({span.start}:{span.end})")
                    if self._intake.drop_unfit:
                        break
            else:
                kept.append(span)
        return kept

    def _unfit(self, place: Place, kind: str, message: str) -> None:
        if self._intake.drop_unfit:
            self._intake.left_out[kind] += 1
        else:
            self._intake.fault(place, f"{message}; --drop_unfit drops such spans")

    def _shown(self, span: Span) -> str:
        return f"{self._text[span.start : span.end]!r} ({span.start}:{span.end})"

    def _read(self, foreign: ForeignSpan) -> Span | None:
        """A span with offsets of ours; ``None``, and a fault, where it states nonsense."""
        start, end = self._offset(foreign.start), self._offset(foreign.end)
        if start is None or end is None or not 0 <= start < end <= len(self._text):
            found = f"a span from {foreign.start!r} to {foreign.end!r} (in {self._unit})"
            length = self._ruler.theirs(len(self._text))
            self._intake.fault(foreign.place, f"{found}; expected whole numbers in order, from 0 to {length}")
            return None
        if message := self._nonsense(foreign, start, end):
            self._intake.fault(foreign.place, message)
            return None
        return Span(start, end, foreign.label, foreign.score, foreign.run)

    def _offset(self, offset: Any) -> int | None:
        return self._ruler.ours(offset) if isinstance(offset, int) and not isinstance(offset, bool) else None

    def _nonsense(self, foreign: ForeignSpan, start: int, end: int) -> str | None:
        """What is wrong with a span's label, text, run tie or score."""
        if not isinstance(foreign.label, str):
            return f"the label {foreign.label!r}; expected a text"
        surface = self._text[start:end]
        if foreign.surface is not None and _BLANKS.sub("", foreign.surface) != _BLANKS.sub("", surface):
            return (
                f"says that it holds {foreign.surface!r}, but the text has {surface!r} from {start} to {end}; are "
                f"offsets counted in {self._unit}? (--offsets)"
            )
        if foreign.run is not None and not (isinstance(foreign.run, str) and is_run_tie(foreign.run)):
            return f'the run {foreign.run!r}; expected "2", "1,2" or "*"'
        score = foreign.score
        if score is not None and (isinstance(score, bool) or not isinstance(score, int | float)):
            return f"the score {score!r}; expected a number"
        return None
