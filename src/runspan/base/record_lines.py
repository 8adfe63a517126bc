"""A record as a JSON line, and what of it is counted."""

import json
from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass

from runspan.base.records import Record


@dataclass(frozen=True, slots=True)
class Counts:
    """What went through.

    Attributes:
        documents: All of them.
        failed: Those with an error in place of runs.
        tokens: Of their texts, without special tokens.
        spans: Found.
        runs: Made of them.
    """

    documents: int = 0
    failed: int = 0
    tokens: int = 0
    spans: int = 0
    runs: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))

    def as_dict(self) -> dict[str, int]:
        """The counts for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A record as it is written.

    Attributes:
        json: The line in UTF-8, with its end.
        id: Of the document.
        error: Why there is no result.
        counts: What of it is counted.
    """

    json: bytes
    id: str
    error: str | None
    counts: Counts

    @classmethod
    def of(cls, record: Record) -> "RecordLine":
        """The line of a record."""
        counts = Counts(1, int(record.error is not None), record.tokens, len(record.document.spans), len(record.runs))
        return cls(_encode(record), record.document.id, record.error, counts)


def count(lines: Iterable[RecordLine]) -> Counts:
    """What the lines hold together."""
    return sum((line.counts for line in lines), Counts())


def _encode(record: Record) -> bytes:
    written = record.as_dict()
    try:
        return json.dumps(written, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # a lone surrogate has no UTF-8 form: such a line is written with escapes
        return json.dumps(written).encode() + b"\n"
