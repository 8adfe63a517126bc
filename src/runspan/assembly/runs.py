"""Predicted spans → runs with normalised values: one run a document, by the evidence of all its mentions."""

from collections import defaultdict
from collections.abc import Hashable, Sequence

from runspan.assembly.author_countries import infer_countries
from runspan.assembly.paper_parts import front_matter_end, references
from runspan.base.documents import Document, Span
from runspan.base.records import LIST_LABELS, FieldValue, Run
from runspan.base.values import Name, Value
from runspan.language.context_units import normalize_in_context

_COUNTRY = "country"


def assemble(document: Document) -> tuple[list[Run], list[int]]:
    """The run of a document, and the indices of the spans that are not in it.

    Mentions of one value are joined. Where a label has several values, the one with the most evidence is the run's:
    values that could be read before those that could not, those outside of the list of references before those in it,
    then the sum of the mentions' scores; where that is much the same, the first. The others stay unassigned. A label
    that may have several values keeps all that could be read.

    In a paper (a text with an abstract or introduction near its start) the countries are those of the authors: named in
    the front matter, or inferred from what stands there; only where it tells of none, those named elsewhere.

    Args:
        document: A text with its predicted spans.
    """
    values = [normalize_in_context(span.label, document.text, span.start, span.end) for span in document.spans]
    groups: dict[str, dict[Hashable, list[int]]] = defaultdict(lambda: defaultdict(list))
    for i, (span, value) in enumerate(zip(document.spans, values, strict=True)):
        groups[span.label][_identity(value, document.surface(span))].append(i)
    cited = references(document.text)
    front = front_matter_end(document.text)
    fields: dict[str, list[FieldValue]] = {}
    assigned: set[int] = set()
    inferred: list[FieldValue] = []
    for label in dict.fromkeys([*groups, _COUNTRY] if document.spans else []):
        candidates = list(groups[label].values())
        if label in LIST_LABELS:
            kept = [indices for indices in candidates if _is_read(values[indices[0]])]
            if label == _COUNTRY and front:
                of_authors = [indices for indices in kept if document.spans[indices[0]].start < front]
                stated = [_field(indices, values, document) for indices in of_authors]
                inferred = infer_countries(document, front, stated)
                kept = of_authors if stated or inferred else kept
        else:
            kept = [max(candidates, key=lambda indices: _evidence(indices, values, document.spans, cited))]
        fields[label] = [_field(indices, values, document) for indices in kept]
        assigned.update(i for indices in kept for i in indices)
    if inferred:
        fields[_COUNTRY] += inferred
    unassigned = [i for i in range(len(document.spans)) if i not in assigned]
    return ([Run(fields)] if any(fields.values()) else []), unassigned


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


_DIGITS_OF_EVIDENCE = 1  # scores that differ by less tell nothing, and what is stated first is the main thing


def _evidence(
    indices: Sequence[int], values: Sequence[Value], spans: Sequence[Span], cited: range
) -> tuple[bool, bool, float, int]:
    """What speaks for a value; of its mentions in the list of references, only where it has no other."""
    outside = [i for i in indices if spans[i].start not in cited]
    total = sum(spans[i].score or 0.0 for i in outside or indices)
    return _is_read(values[indices[0]]), bool(outside), round(total, _DIGITS_OF_EVIDENCE), -indices[0]


def _field(indices: Sequence[int], values: Sequence[Value], document: Document) -> FieldValue:
    """The joined mentions of one value; its text is that of the surest mention, the first among equals."""
    best = max(indices, key=lambda i: (document.spans[i].score or 0.0, -i))
    span = document.spans[best]
    return FieldValue(
        value=values[best],
        text=document.surface(span),
        start=span.start,
        end=span.end,
        score=span.score or 0.0,
        mentions=tuple((document.spans[i].start, document.spans[i].end) for i in indices),
    )
