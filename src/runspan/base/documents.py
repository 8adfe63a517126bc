"""Spans and documents. Offsets are Unicode code points of the original text, half-open."""

from dataclasses import dataclass, field

ALL_RUNS = "*"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A labelled stretch ``text[start:end]`` of a document.

    Attributes:
        start: First character, counted from 0.
        end: One past the last character.
        label: One of the document's labels.
        score: Confidence in [0, 1] of a predicted span; ``None`` for a tagged one.
        run: The runs that a tagged span belongs to, as the markup writes them
            (``"2"``, ``"1,2"``, ``"*"`` for all); ``None`` where it says nothing.
    """

    start: int
    end: int
    label: str
    score: float | None = None
    run: str | None = None

    def overlaps(self, other: "Span") -> bool:
        """Whether the two spans share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its spans, in order of their characters.

    Attributes:
        id: Name that is unique among the documents read together.
        text: The original text, never re-joined, stripped or normalised.
        spans: Labelled spans, sorted, without overlap.
        source: Where the text came from (a path as given), for messages and records.
    """

    id: str
    text: str
    spans: tuple[Span, ...] = field(default=())
    source: str = ""

    def surface(self, span: Span) -> str:
        """The characters of a span."""
        return self.text[span.start : span.end]

    def run_numbers(self) -> list[int]:
        """Numbers of the runs that the spans are tied to; ``[1]`` where nothing is tied.

        >>> Document("a", "7B 13B", (Span(0, 2, "params", run="1"), Span(3, 6, "params", run="2"))).run_numbers()
        [1, 2]
        """
        tied = {int(n) for span in self.spans if span.run not in (None, ALL_RUNS) for n in (span.run or "").split(",")}
        return sorted(tied) or [1]
