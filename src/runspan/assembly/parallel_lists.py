"""Lists of one field, told one after another: *7B, 13B and 70B on 8, 16 and 64 GPUs*, or a row of a table."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from runspan.assembly.layout import Integers, Layout
from runspan.base.documents import Span

_GAP = 60  # characters between two members of a list in running text


class Lists(NamedTuple):
    """For each span, the number of its list (-1 where it is in none), its place in it, and the list's length."""

    number: Integers
    place: Integers
    length: Integers


def parallel_lists(spans: Sequence[Span], layout: Layout) -> Lists:
    """Lists of two members or more.

    Between two members may stand a span of one other label, the same all along: *Foo (7B), Bar (13B)* are two lists.
    """
    lists = Lists(*(np.full(len(spans), fill, dtype=np.int64) for fill in (-1, 0, 0)))
    for number, members in enumerate(_lists(spans, layout)):
        for place, k in enumerate(members):
            lists.number[k], lists.place[k], lists.length[k] = number, place, len(members)
    return lists


def _lists(spans: Sequence[Span], layout: Layout) -> Iterator[list[int]]:
    by_label: dict[str, list[int]] = defaultdict(list)
    for k, span in enumerate(spans):
        by_label[span.label].append(k)
    for indices in by_label.values():
        members = indices[:1]
        for one, other in pairwise(indices):
            goes_on = _is_next(one, other, spans, layout)
            if goes_on and len(members) > 1:
                goes_on = _label_between(members[-2], one, spans) == _label_between(one, other, spans)
            if not goes_on:
                if len(members) > 1:
                    yield members
                members = []
            members = [*members, other]
        if len(members) > 1:
            yield members


def _is_next(one: int, other: int, spans: Sequence[Span], layout: Layout) -> bool:
    """Whether the next span of a label goes on with the list."""
    if other - one > 2:
        return False
    if layout.table[one] != -1 or layout.table[other] != -1:
        return bool(layout.table[one] == layout.table[other] and layout.row[one] == layout.row[other])
    return bool(layout.section[one] == layout.section[other] and spans[other].start - spans[one].end <= _GAP)


def _label_between(one: int, other: int, spans: Sequence[Span]) -> str:
    return spans[one + 1].label if other - one == 2 else ""
