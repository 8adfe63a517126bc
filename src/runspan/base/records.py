"""Run records: what is written out for one document. Every value keeps the characters that it came from."""

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from runspan.base.documents import Document, Span
from runspan.base.estimates import Estimates
from runspan.base.values import Value

SCHEMA = "runspan/1"
LIST_LABELS = frozenset({"country"})  # a run may have several


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One field of a run.

    Attributes:
        value: What the text says, normalised.
        text: The characters ``start:end`` of the document, the mention that the value was read from.
        score: Confidence in [0, 1].
        mentions: All mentions of the same value, in order, as half-open ranges.
        inferred_from: What the value was inferred from (``email_domain``, ``institution``, ``company``), where the text
            does not state it.
    """

    value: Value
    text: str
    start: int
    end: int
    score: float
    mentions: tuple[tuple[int, int], ...]
    inferred_from: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The field for JSON: the value's keys, then its evidence."""
        out = {
            **self.value.as_dict(),
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "score": self.score,
            "mentions": [list(mention) for mention in self.mentions],
        }
        return out | ({"inferred_from": self.inferred_from} if self.inferred_from else {})


@dataclass(frozen=True, slots=True)
class Run:
    """One training run.

    Attributes:
        fields: The values of each label, at most one but for :data:`LIST_LABELS`.
        estimates: What follows from them; ``None`` where nobody asked.
    """

    fields: Mapping[str, Sequence[FieldValue]]
    estimates: Estimates | None = None

    def as_dict(self, labels: Sequence[str]) -> dict[str, Any]:
        """The run for JSON, a key a label: ``null`` (``[]`` for a list) where the text states nothing."""
        out: dict[str, Any] = {}
        for label in labels:
            values = [value.as_dict() for value in self.fields.get(label, ())]
            out[label] = values if label in LIST_LABELS else (values[0] if values else None)
        return out | {"estimates": None if self.estimates is None else self.estimates.as_dict()}


@dataclass(frozen=True, slots=True)
class Record:
    """The record of one document.

    Attributes:
        document: The text with its predicted spans, which have scores.
        labels: The model's labels, in order.
        tokens: Tokens of the text, without special tokens.
        windows: Windows that the text was cut into.
        runs: Its training runs, the main one first.
        unassigned: Indices of the spans that are in no run.
        warnings: What a reader of the record should know.
        error: Why there is no result; ``None`` where all went well.
        page_starts: Where each page of the text begins; none where it has no pages.
    """

    document: Document
    labels: Sequence[str]
    tokens: int = 0
    windows: int = 0
    runs: Sequence[Run] = ()
    unassigned: Sequence[int] = ()
    warnings: Sequence[str] = ()
    error: str | None = None
    page_starts: Sequence[int] = ()

    def as_dict(self) -> dict[str, Any]:
        """The record for JSON, keys in order of the schema; spans and fields have a ``page`` where the text has."""
        text = self.document.text
        spans = [_span_as_dict(span, text) for span in self.document.spans]
        runs = [run.as_dict(self.labels) for run in self.runs]
        if self.page_starts:
            for found in (*spans, *(one for run in runs for one in _fields_of(run, self.labels))):
                found["page"] = bisect_right(self.page_starts, found["start"])
        return {
            "schema": SCHEMA,
            "id": self.document.id,
            "source": self.document.source,
            "sha256": text_sha256(text),
            "chars": len(text),
            "tokens": self.tokens,
            "windows": self.windows,
            "spans": spans,
            "runs": runs,
            "unassigned": list(self.unassigned),
            "warnings": list(self.warnings),
            "error": self.error,
        }


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """What a reader makes of one document: its text, or the error that stands in for it.

    Attributes:
        document: The text with its id and source; no text where it can't be read.
        warnings: What was replaced or left out on the way.
        error: Why it can't be read.
        page_starts: Where each page of the text begins; none where it has no pages.
        is_extracted: Whether the text was taken out of another format, so that it is in no file as it stands.
    """

    document: Document
    warnings: tuple[str, ...] = field(default=())
    error: str | None = None
    page_starts: tuple[int, ...] = ()
    is_extracted: bool = False


def text_sha256(text: str) -> str:
    """sha256 of a text's UTF-8 form (lone surrogates as they are).

    >>> text_sha256("")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _fields_of(run: Mapping[str, Any], labels: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The fields of a run that the text states, as they are for JSON."""
    for label in labels:
        found = run[label]
        yield from found if isinstance(found, list) else [found] if found else []


def _span_as_dict(span: Span, text: str) -> dict[str, Any]:
    return {
        "start": span.start,
        "end": span.end,
        "label": span.label,
        "text": text[span.start : span.end],
        "score": span.score,
    }
