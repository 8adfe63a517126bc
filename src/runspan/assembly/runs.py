"""Predicted spans → runs with normalised values: one run a document."""

from collections import defaultdict
from collections.abc import Hashable, Sequence

from runspan.base.documents import Document, Span
from runspan.base.labels import LABELS
from runspan.base.records import LIST_LABELS, FieldValue, Run
from runspan.base.values import Name, Value
from runspan.language.normalize import normalize


def assemble(document: Document) -> tuple[list[Run], list[int]]:
    """The run of a document, and the indices of the spans that are not in it.

    Mentions of one value are joined. Where a label has several values, the one with the most evidence (the sum of its
    mentions' scores, values that could be read before those that could not) is the run's; the others stay unassigned.
    A label that may have several values keeps all that could be read.

    Args:
        document: A text with its predicted spans.
    """
    groups: dict[str, dict[Hashable, list[int]]] = defaultdict(lambda: defaultdict(list))
    values: list[Value] = []
    for i, span in enumerate(document.spans):
        value = read_value(span.label, document.surface(span))
        values.append(value)
        groups[span.label][_identity(value, document.surface(span))].append(i)
    fields: dict[str, list[FieldValue]] = {}
    assigned: set[int] = set()
    for label, by_value in groups.items():
        kept = _choose(label, list(by_value.values()), values, document.spans)
        fields[label] = [_field(indices, values, document) for indices in kept]
        assigned.update(i for indices in kept for i in indices)
    unassigned = [i for i in range(len(document.spans)) if i not in assigned]
    return ([Run(fields)] if assigned else []), unassigned


def _choose(label: str, candidates: list[list[int]], values: Sequence[Value], spans: Sequence[Span]) -> list[list[int]]:
    """The groups of mentions that are a run's values of ``label``, out of all groups in order of the text."""
    if label in LIST_LABELS:
        return [indices for indices in candidates if _is_read(values[indices[0]])]
    return [max(candidates, key=lambda indices: _evidence(indices, values, spans))]


def read_value(label: str, text: str) -> Value:
    """The normalised value of a span's text; of a label without a normaliser, the text itself."""
    return normalize(label, text) if label in LABELS else Name(" ".join(text.split()) or None)


def _is_read(value: Value) -> bool:
    fields = value.as_dict()
    return fields["value"] is not None or fields.get("low") is not None


def _identity(value: Value, text: str) -> Hashable:
    """What two mentions of the same value have in common."""
    if not _is_read(value):
        return " ".join(text.casefold().split())
    fields = value.as_dict()
    if isinstance(value, Name):
        return str(value.value).casefold()
    return tuple(fields.get(key) for key in ("value", "low", "high", "basis"))


def _evidence(indices: Sequence[int], values: Sequence[Value], spans: Sequence[Span]) -> tuple[bool, float, int]:
    total = sum(spans[i].score or 0.0 for i in indices)
    return _is_read(values[indices[0]]), round(total, 6), -indices[0]


def _field(indices: Sequence[int], values: Sequence[Value], document: Document) -> FieldValue:
    """The joined mentions of one value; its text is that of the surest mention, the first among equals."""
    spans = [document.spans[i] for i in indices]
    best = max(range(len(spans)), key=lambda k: (spans[k].score or 0.0, -k))
    span = spans[best]
    return FieldValue(
        value=values[indices[best]],
        text=document.surface(span),
        start=span.start,
        end=span.end,
        score=span.score or 0.0,
        mentions=tuple((s.start, s.end) for s in spans),
    )
