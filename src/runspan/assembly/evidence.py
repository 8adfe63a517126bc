"""What speaks for a value: its mentions."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence

from runspan.assembly.mentions import Mention
from runspan.base.records import FieldValue

Evidence = tuple[bool, bool, float]


def values_among(mentions: Sequence[Mention], indices: Iterable[int]) -> list[list[int]]:
    """Mentions of each value, in order of the first."""
    values: dict[Hashable, list[int]] = defaultdict(list)
    for k in indices:
        values[mentions[k].identity].append(k)
    return list(values.values())


def evidence(mentions: Sequence[Mention], indices: Sequence[int], cited: range) -> Evidence:
    """What speaks for a value, to be compared: that it could be read, that it is not only in the list of references
    (``cited``), and the sum of its mentions' scores, of those in the references only where it has no other."""
    outside = [k for k in indices if mentions[k].span.start not in cited]
    total = sum(mentions[k].score for k in outside or indices)
    return mentions[indices[0]].is_read, bool(outside), round(total, 6)


def field_value(mentions: Sequence[Mention], indices: Sequence[int]) -> FieldValue:
    """The joined mentions of one value; its text is that of the surest mention, the first among equals."""
    best = mentions[max(indices, key=lambda k: (mentions[k].span.score or 0.0, -k))]
    return FieldValue(
        value=best.value,
        text=best.text,
        start=best.span.start,
        end=best.span.end,
        score=best.span.score or 0.0,
        mentions=tuple((mentions[k].span.start, mentions[k].span.end) for k in indices),
    )
