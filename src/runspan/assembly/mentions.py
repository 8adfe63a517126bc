"""Spans of a document with their values: what two mentions have in common, and what can't both be of one run."""

import re
from collections.abc import Hashable
from dataclasses import dataclass

from runspan.base.documents import Document, Span
from runspan.base.values import Duration, Name, Value
from runspan.language.context_units import normalize_in_context

_ROUNDING = {
    "params": 0.1,
    "gpu_count": 0.0,
    "training": 0.2,
}  # share by which two numbers may differ, meaning the same
_SIZE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)[ \t]?([KMBT])(?![\w])", re.IGNORECASE)
_SIZE_ROUNDING = 0.15  # a name says 7B, the text 6.7 billion
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,15}(?:\.\d{1,6})?")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Mention:
    """One span with what it says.

    Attributes:
        span: Where it stands.
        text: Its characters.
        value: What they say, normalised.
        identity: What all mentions of the same value have in common.
        is_read: Whether the text states a value.
        number: The number that it states, of hours where it is a duration; without its unit, the bare number.
    """

    span: Span
    text: str
    value: Value
    identity: Hashable
    is_read: bool
    number: float | None

    @property
    def score(self) -> float:
        """How sure the span is; 1 for a tagged one."""
        return 1.0 if self.span.score is None else self.span.score


def mentions_of(document: Document) -> list[Mention]:
    """The spans of a document with their values, in order."""
    mentions = []
    for span in document.spans:
        text = document.surface(span)
        value = normalize_in_context(span.label, document.text, span.start, span.end)
        mentions.append(Mention(span, text, value, _identity(value, text), is_read(value), _number(value, text)))
    return mentions


def is_read(value: Value) -> bool:
    """Whether a value says anything."""
    fields = value.as_dict()
    return fields["value"] is not None or fields.get("low") is not None


def _identity(value: Value, text: str) -> Hashable:
    if not is_read(value):
        return " ".join(text.casefold().split())
    fields = value.as_dict()
    if isinstance(value, Name):
        return str(value.value).casefold()
    return tuple(fields.get(key) for key in ("value", "low", "high", "basis"))


def _number(value: Value, text: str) -> float | None:
    stated = value.as_dict()["value"]
    if isinstance(stated, int | float):
        return float(stated)
    bare = _NUMBER.fullmatch(text.strip())
    return float(bare[0].replace(",", "")) if bare else None


def is_rounded(one: Mention, other: Mention) -> bool:
    """Whether two values of a field can mean one, said with more or less precision."""
    if not (one.is_read and other.is_read) or one.number is None or other.number is None:
        return False
    if isinstance(one.value, Duration) and isinstance(other.value, Duration) and one.value.basis != other.value.basis:
        return False
    return abs(one.number - other.number) <= _ROUNDING.get(one.span.label, 0) * max(abs(one.number), abs(other.number))


def words_of(name: str) -> frozenset[str]:
    """Words of a name, in small letters.

    >>> sorted(words_of("SEA-LION-v1-7B"))
    ['7b', 'lion', 'sea', 'v1']
    """
    return frozenset(_WORD.findall(name.casefold()))


def size_in(name: str) -> float | None:
    """The size that a model's name states.

    >>> size_in("Estrela-13B"), size_in("OPT 1.3b"), size_in("v2"), size_in("BERT-base")
    (13000000000.0, 1300000000.0, None, None)
    """
    found = _SIZE.search(name.replace("-", " ").replace("_", " "))
    if not found:
        return None
    return float(found[1]) * {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}[found[2].upper()]


def relate_size(one: Mention, other: Mention) -> bool | None:
    """Whether a model's name states the size that the other mention does; ``None`` where either states none."""
    name, size = (one, other) if one.span.label == "model" else (other, one)
    in_name, stated = size_in(name.text), size.number
    if in_name is None or not stated:
        return None
    return abs(in_name - stated) <= _SIZE_ROUNDING * max(in_name, stated)
