"""Values that the spans of one run state: where two of a field differ."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from runspan.base.documents import ALL_RUNS, Document, Span
from runspan.base.values import Duration
from runspan.language.normalize import normalize

_COMPARED = ("params", "gpu_count", "hardware", "training")  # a run can have several names, countries, years
_ROUNDING = {  # share by which two numbers may differ and mean the same
    "params": 0.1,  # "1.3B" and "1,230 million"
    "gpu_count": 0.15,  # a few devices drop out in mid-run
    "training": 0.2,  # "about a week" and "6 days"
}
_IN_ONE_BREATH = 30  # characters between the devices of a mixed fleet: "RTX 2070s, 1080 Tis and one GTX 1060"


class TiedSpans(NamedTuple):
    """The spans of one run."""

    number: int
    spans: list[Span]


def runs_of(document: Document) -> list[TiedSpans]:
    """Runs of a document with the spans tied to each, those of all runs left out.

    Where nothing is tied the document has one run. An untied span beside tied ones belongs to none.
    """
    if all(span.run is None for span in document.spans):
        return [TiedSpans(1, list(document.spans))]
    return [TiedSpans(number, _tied_to(document, number)) for number in document.run_numbers()]


def _tied_to(document: Document, number: int) -> list[Span]:
    tied = (span for span in document.spans if span.run not in (None, ALL_RUNS))
    return [span for span in tied if str(number) in (span.run or "").split(",")]


def several_values(document: Document, spans: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    """For each field with several values: the span of one, and the first later one that states another.

    Hours of the clock and of accelerators are two fields, and devices named in one breath are one mixed fleet.

    >>> spans = (Span(0, 2, "gpu_count"), Span(3, 5, "gpu_count"))
    >>> list(several_values(Document("a", "64 or 8.", spans), spans[:1]))
    []
    """
    for label in _COMPARED:
        stated = [(span, *_read(document, span)) for span in spans if span.label == label]
        for kind in sorted({kind for _, kind, _ in stated}):
            values = [(span, value) for span, of, value in stated if of == kind and value is not None]
            yield from _first_other(label, values)


def _first_other(label: str, values: Sequence[tuple[Span, str | float]]) -> Iterator[tuple[Span, Span]]:
    known: list[str | float] = []
    end = 0
    for span, value in values:
        together = label == "hardware" and span.start - end <= _IN_ONE_BREATH
        if not known or together:
            known.append(value)
        elif not any(_is_same(label, one, value) for one in known):
            yield values[0][0], span
            return
        end = span.end


def _read(document: Document, span: Span) -> tuple[str, str | int | float | None]:
    """Kind and value of a span: hours of the clock and of accelerators are two kinds."""
    value = normalize(span.label, document.surface(span))
    return (value.basis or "") if isinstance(value, Duration) else "", value.value


def _is_same(label: str, one: str | float, other: str | float) -> bool:
    """Whether two values can mean one. A device can be named with less of its line: *Titan X*, *GTX Titan X*."""
    if isinstance(one, str) or isinstance(other, str):
        shorter, longer = sorted((str(one), str(other)), key=len)
        return longer.endswith(" " + shorter.partition(" ")[2]) or one == other
    return abs(one - other) <= _ROUNDING.get(label, 0) * max(abs(one), abs(other))
