"""Predicted spans → runs with normalised values: one run a document, by the evidence of all its mentions."""

from collections import defaultdict
from collections.abc import Hashable, Sequence

from runspan.assembly.front_matter import front_matter_end
from runspan.base.documents import Document, Span
from runspan.base.labels import LABELS
from runspan.base.records import LIST_LABELS, FieldValue, Run
from runspan.base.values import Country, Name, Value
from runspan.language.email_domains import DomainCountry, countries_of_addresses
from runspan.language.normalize import normalize

_COUNTRY = "country"


def assemble(document: Document) -> tuple[list[Run], list[int]]:
    """The run of a document, and the indices of the spans that are not in it.

    Mentions of one value are joined. Where a label has several values, the one with the most evidence (the sum of its
    mentions' scores, values that could be read before those that could not) is the run's; the others stay unassigned.
    A label that may have several values keeps all that could be read.

    In a paper (a text with an abstract or introduction near its start) the countries are those of the authors: named in
    the front matter, or inferred from the authors' e-mail addresses there; only where it has neither, those named
    elsewhere.

    Args:
        document: A text with its predicted spans.
    """
    values = [read_value(span.label, document.surface(span)) for span in document.spans]
    groups: dict[str, dict[Hashable, list[int]]] = defaultdict(lambda: defaultdict(list))
    for i, (span, value) in enumerate(zip(document.spans, values, strict=True)):
        groups[span.label][_identity(value, document.surface(span))].append(i)
    front = front_matter_end(document.text)
    addresses = list(countries_of_addresses(document.text, front)) if front else []
    fields: dict[str, list[FieldValue]] = {}
    assigned: set[int] = set()
    for label, by_value in groups.items():
        candidates = list(by_value.values())
        if label in LIST_LABELS:
            kept = [indices for indices in candidates if _is_read(values[indices[0]])]
            if label == _COUNTRY and front:
                kept = _of_the_authors(kept, document.spans, front, bool(addresses))
        else:
            kept = [max(candidates, key=lambda indices: _evidence(indices, values, document.spans))]
        fields[label] = [_field(indices, values, document) for indices in kept]
        assigned.update(i for indices in kept for i in indices)
    if document.spans:
        fields[_COUNTRY] = fields.get(_COUNTRY, []) + _inferred(addresses, fields.get(_COUNTRY, []), document)
    unassigned = [i for i in range(len(document.spans)) if i not in assigned]
    return ([Run(fields)] if any(fields.values()) else []), unassigned


def _of_the_authors(groups: list[list[int]], spans: Sequence[Span], front: int, has_addresses: bool) -> list[list[int]]:
    """The countries with a mention before ``front``; all of them where there is none and no address either."""
    in_front = [indices for indices in groups if spans[indices[0]].start < front]
    return in_front if in_front or has_addresses else groups


def _inferred(addresses: Sequence[DomainCountry], stated: Sequence[FieldValue], document: Document) -> list[FieldValue]:
    """Countries of e-mail addresses that are not stated, one field a country, with all addresses as mentions."""
    known = {field.value.as_dict()["value"] for field in stated}
    by_country: dict[Country, list[DomainCountry]] = defaultdict(list)
    for address in addresses:
        if address.country.value not in known:
            by_country[address.country].append(address)
    return [
        FieldValue(
            value=country,
            text=document.text[found[0].start : found[0].end],
            start=found[0].start,
            end=found[0].end,
            score=_INFERRED_SCORE,
            mentions=tuple((one.start, one.end) for one in found),
            inferred_from="email_domain",
        )
        for country, found in by_country.items()
    ]


_INFERRED_SCORE = 0.5  # no model looked at it


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
