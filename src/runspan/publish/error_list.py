"""Errors of predicted spans → a Markdown page to read through: counts, and each error in its context."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from runspan.base.documents import Span
from runspan.base.errors import RunspanError
from runspan.jobs.span_errors import KINDS, MISSED, SPURIOUS, WRONG_BOUNDARY, WRONG_LABEL, SpanError

CONTEXT = 60  # characters either side
_MEANINGS = {
    MISSED: "tagged, without a predicted span that answers to it",
    SPURIOUS: "predicted, without a tagged span that it answers to",
    WRONG_LABEL: "a tagged and a predicted span overlap, with two labels",
    WRONG_BOUNDARY: "a tagged and a predicted span overlap, with one label",
}
_SPECIAL = re.compile(r"([\\`*_\[\]<>&|~$])")


def write_error_list(file: Path, errors: Sequence[SpanError]) -> None:
    """Write the page of :func:`error_list`.

    Raises:
        RunspanError: The file can't be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(error_list(errors), encoding="utf-8")
    except OSError as error:
        raise RunspanError(f"{file}: can't be written ({error.strerror or error})") from error


def error_list(errors: Sequence[SpanError]) -> str:
    """A Markdown page of errors, in the order that they are given in, a table for each kind.

    Offsets are characters of the document's text, the last not included. In the context ⟦ ⟧ stand around the tagged
    span and ⟨ ⟩ around the predicted one; runs of white space are one space there.
    """
    counts = Counter(error.kind for error in errors)
    lines = ["# Span errors", "", *_table(("kind", "errors", "what it is"), _counts(counts))]
    lines += ["", f"In the context, ⟦ ⟧ stand around what is tagged and ⟨ ⟩ around what was predicted; {CONTEXT}"]
    lines += ["characters are shown either side. Offsets count characters of the text; the last is not included."]
    for kind in (kind for kind in KINDS if counts[kind]):
        lines += ["", f"## {kind.capitalize()} ({counts[kind]})", ""]
        rows = (_cells(error) for error in errors if error.kind == kind)
        lines += _table(("document", "tagged", "predicted", "context"), rows)
    return "\n".join(lines) + "\n"


def in_context(error: SpanError) -> str:
    """The text around an error, its spans marked.

    >>> from runspan.base.documents import Document
    >>> tagged, predicted = Span(4, 16, "training"), Span(10, 16, "training")
    >>> in_context(SpanError(WRONG_BOUNDARY, Document("a", "for about 3 days"), tagged, predicted))
    'for ⟦about ⟨3 days⟩⟧'
    """
    text = error.document.text
    start, end = max(0, error.start - CONTEXT), min(len(text), error.end + CONTEXT)
    pieces, at = ["…" if start else ""], start
    for offset, mark in sorted(_marks(error), key=lambda mark: mark[0]):
        pieces += [text[at:offset], mark]
        at = offset
    return "".join([*pieces, text[at:end], "…" if end < len(text) else ""])


def escape(text: str) -> str:
    r"""Text for a cell of a Markdown table: on one line, every sign that Markdown or HTML reads behind a backslash.

    Characters that print nothing become ``�``.

    >>> escape("a|b\n\n*c* <d>")
    'a\\|b \\*c\\* \\<d\\>'
    """
    line = " ".join(text.split())
    return _SPECIAL.sub(r"\\\1", "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line))


def describe_span(span: Span | None) -> str:
    """Label and offsets of a span.

    >>> describe_span(Span(4, 16, "gpu_count")), describe_span(None)
    ('gpu\\\\_count 4–16', '')
    """
    return f"{escape(span.label)} {span.start}–{span.end}" if span else ""


def _marks(error: SpanError) -> Iterator[tuple[int, str]]:
    """Marks with the offsets that they stand before; closing before opening, and the tagged span outside."""
    if error.predicted:
        yield error.predicted.end, "⟩"
    if error.tagged:
        yield error.tagged.end, "⟧"
        yield error.tagged.start, "⟦"
    if error.predicted:
        yield error.predicted.start, "⟨"


def _counts(counts: Counter[str]) -> Iterator[tuple[str, ...]]:
    for kind in KINDS:
        yield kind, str(counts[kind]), _MEANINGS[kind]
    yield "all", str(counts.total()), ""


def _cells(error: SpanError) -> tuple[str, ...]:
    return (
        escape(error.document.id),
        describe_span(error.tagged),
        describe_span(error.predicted),
        escape(in_context(error)),
    )


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (columns, ["---"] * len(columns), *rows)]
