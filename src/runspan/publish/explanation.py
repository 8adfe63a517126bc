"""An explanation → a page of plain text."""

import json
from collections.abc import Iterator, Sequence
from itertools import chain

from runspan.base.documents import Document, Span
from runspan.base.records import Record
from runspan.jobs.explanation import Explanation

_TITLES = {
    "decoded": "spans as decoded",
    "boundaries": "boundaries: spans end where the conventions say",
    "exclusions": "exclusions: what its neighbours exclude is dropped",
    "completion": "completion: facts in a fixed place beside a found one",
    "mentions": "mentions: names at every mention",
    "confidence": "confidence: scores as they are reported",
}
_LONGEST = 60  # characters of a quoted text


def write_explanation(explanation: Explanation) -> str:
    """The page: what the model saw, found, changed, read and assembled, and why.

    Offsets are characters of the text, windows are also in tokens; both half-open.
    """
    record = explanation.record
    parts = [
        _head(record),
        _section("Windows", _windows(explanation)),
        _section("Tags of the words that may be in a span", _tags(explanation)),
        *(_section(_TITLES.get(name, name).capitalize(), lines) for name, lines in _steps(explanation)),
        _section("Values", _values(explanation)),
        _section("Runs", _runs(record)),
        _section("Why each span went where it is", _reasons(explanation)),
        _section("Warnings", iter(record.warnings)),
    ]
    return "\n".join(chain.from_iterable(parts)) + "\n"


def _head(record: Record) -> list[str]:
    text = record.document.text
    return [f"{record.document.id}: {len(text)} characters, {record.tokens} tokens, {record.windows} window(s)"]


def _section(title: str, lines: Iterator[str]) -> list[str]:
    return ["", title, "-" * len(title), *(list(lines) or ["none"])]


def _windows(explanation: Explanation) -> Iterator[str]:
    for number, window in enumerate(explanation.windows, start=1):
        tokens, core, chars = (f"{low}–{high}" for low, high in (window.tokens, window.core, window.chars))
        yield f"{number:>3}  tokens {tokens}, tags taken of {core}; characters {chars}"


def _tags(explanation: Explanation) -> Iterator[str]:
    text = explanation.record.document.text
    for word in explanation.words:
        tags = "  ".join(f"{tag} {probability:.3f}" for tag, probability in word.tags)
        yield f"{word.start:>6}–{word.end:<6} {_quote(text[word.start : word.end]):<24} {tags}"


def _steps(explanation: Explanation) -> Iterator[tuple[str, Iterator[str]]]:
    """The decoded spans, and what each step changed."""
    before: Sequence[Span] = ()
    for name, document in explanation.steps:
        yield name, _changes(before, document, first=not before)
        before = document.spans


def _changes(before: Sequence[Span], document: Document, first: bool) -> Iterator[str]:
    gone, new = set(before) - set(document.spans), set(document.spans) - set(before)
    for span in sorted(gone | new):
        sign = " " if first else "−" if span in gone else "+"
        score = "" if span.score is None else f"{span.score:.3f}"
        yield f"{sign} {span.start:>5}–{span.end:<6} {span.label:<10} {score:<6} {_quote(document.surface(span))}"


def _values(explanation: Explanation) -> Iterator[str]:
    for number, one in enumerate(explanation.mentions):
        value = json.dumps(one.mention.value.as_dict(), ensure_ascii=False)
        yield f"{number:>3}  {one.mention.span.label:<10} {_quote(one.mention.text)} → {value}"


def _runs(record: Record) -> Iterator[str]:
    for number, run in enumerate(record.runs, start=1):
        yield f"run {number}"
        for label in record.labels:
            for field in run.fields.get(label, ()):
                value = field.value.as_dict()["value"]
                source = f", inferred from its {field.inferred_from}" if field.inferred_from else ""
                where = ", ".join(f"{start}–{end}" for start, end in field.mentions)
                yield f"    {label:<10} {value}  {_quote(field.text)}  confidence {field.score:.3f}  at {where}{source}"


def _reasons(explanation: Explanation) -> Iterator[str]:
    for number, one in enumerate(explanation.mentions):
        span = one.mention.span
        runs = f"run {', '.join(map(str, one.runs))}" if one.runs else "unassigned"
        yield f"{number:>3}  {span.label} {_quote(one.mention.text)} {span.start}–{span.end}: {runs}"
        yield from (f"       {reason}" for reason in one.reasons)


def _quote(text: str) -> str:
    line = " ".join(text.split())
    return f'"{line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"}"'
