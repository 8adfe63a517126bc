"""Pairs of mentions: what speaks for and against their being of one run."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from runspan.assembly.layout import Integers, Layout
from runspan.assembly.mentions import Mention, is_rounded, relate_size, words_of
from runspan.assembly.parallel_lists import parallel_lists
from runspan.base.labels import LABELS
from runspan.base.values import Duration

Booleans = npt.NDArray[np.bool_]
Column = npt.NDArray[np.generic]

REACH = 80  # mentions; those farther apart are no pair, so that the number of pairs is linear
_GLUED = 6  # characters: "8 x V100", "TPU v3-8"
_LISTS_APART = 400  # characters
_LINES_APART = 4
_IN_COMMON = 2  # labels of neighbouring lines that are rows of one list of records
_EXCLUSIVE = ("params", "gpu_count", "hardware", "training")  # two values of these are two runs
_PRODUCT_ROUNDING = 0.03
_MOST_COUNTS = 30
_LINK_LENGTH = 40
_LINKS = {
    "for": re.compile(r"[\s*_`]*(?:for|of)\b(?!.*[.;])", re.I),
    "on": re.compile(r"[\s*_`]*(?:on|with|using|in|within|by)\b(?!.*[.;])", re.I),
    "verb": re.compile(
        r".{0,20}\b(?:took|takes?|needs?|needed|required?s?|has|have|used|uses|trained|was|were)\b(?!.*[.;])",
        re.I | re.S,
    ),
    "bracket": re.compile(r"[\s*_`]*\("),
    "closed": re.compile(r"[\s*_`]*\)"),
    "comma": re.compile(r"[\s*_`]*,"),
    "and": re.compile(r"[\s*_`]*,?\s*(?:and|or|&)\b", re.I),
    "colon": re.compile(r"[\s*_`]*[:=]"),
    "end": re.compile(r"[^.;]{0,38}[.;](?:\s|$)"),
}
_UNITS = {"params": (1e3, 1e6, 1e9), "training": (1.0, 24.0, 1 / 60)}  # of a bare number, from the head of its column
_MODEL, _PARAMS, _TRAINING = (LABELS.index(label) for label in ("model", "params", "training"))


class PairFeatures(Mapping[str, npt.NDArray[np.float64]]):
    """Features of pairs, a column each: kinds of pairs, kinds crossed with what else is known, labels.

    A column is made when it is asked for: all of them together take a few kilobytes a pair.
    """

    def __init__(self, kinds: Mapping[str, Booleans], base: Mapping[str, Column], labels: "_LabelFeatures") -> None:
        self._kinds, self._base, self._labels = kinds, base, labels

    def __getitem__(self, name: str) -> npt.NDArray[np.float64]:
        kind, crossed, known = name.partition(":")
        if kind not in self._kinds:
            return self._labels[name].astype(np.float64)
        holds = self._kinds[kind].astype(np.float64)
        return holds * self._base[known].astype(np.float64) if crossed else holds

    def __iter__(self) -> Iterator[str]:
        for kind in self._kinds:
            yield kind
            yield from (f"{kind}:{known}" for known in self._base)
        yield from self._labels

    def __len__(self) -> int:
        return len(self._kinds) * (1 + len(self._base)) + len(self._labels)


class Pairs(NamedTuple):
    """Pairs of mentions that stand near each other.

    Attributes:
        first: Index of the mention that comes first.
        second: Index of the other.
        features: What is known of each pair, by name.
        forbidden: Whether the two state different values of a field of which a run has one.
    """

    first: Integers
    second: Integers
    features: PairFeatures
    forbidden: Booleans


class _Relation(NamedTuple):
    """What two values have to do with each other."""

    rounded: bool = False
    part_of_name: bool = False
    bases: bool = False
    forbidden: bool = False
    size_in_name: bool = False
    other_size_in_name: bool = False
    product: bool = False


def pair_up(mentions: Sequence[Mention], layout: Layout, text: str) -> Pairs:
    """All pairs of mentions within :data:`REACH` of each other, with their features."""
    first, second = _near(len(mentions))
    label = np.array([_number(mention.span.label) for mention in mentions], dtype=np.int64)
    value = value_numbers(mentions)
    same_label = label[first] == label[second]
    relation = _relations(mentions, first, second, label, value)
    in_two_cells = (
        (layout.table[first] != -1)
        & (layout.row[first] == layout.row[second])
        & (layout.left[first] != layout.left[second])
        & (label[first] == _TRAINING)
    )
    base = {
        **_places(mentions, layout, first, second),
        **_cells_and_lists(mentions, layout, label, first, second),
        **_between(mentions, label, first, second),
        **_topics(layout, label, value, first, second),
        **_records(layout, label, first, second),
        **_counts(label, value, first, second),
        **_alone(layout, label, first, second),
        **_links(mentions, text, first, second),
        "size_in_name": relation["size_in_name"],
        "other_size_in_name": relation["other_size_in_name"],
        "product": relation["product"],
    }
    same_value = same_label & (value[first] == value[second])
    other = same_label & ~same_value & ~relation["rounded"] & ~relation["part_of_name"] & ~relation["bases"]
    with_model = (label[first] == _MODEL) | (label[second] == _MODEL)
    kinds = {
        "value": same_value,
        "rounded": relation["rounded"],
        "part_of_name": relation["part_of_name"],
        "bases": relation["bases"],
        "other": other,
        "with_model": ~same_label & with_model,
        "without_model": ~same_label & ~with_model,
    }
    features = PairFeatures(kinds, base, _LabelFeatures(label, same_value, first, second))
    return Pairs(first, second, features, relation["forbidden"] & ~in_two_cells)


def value_numbers(mentions: Sequence[Mention]) -> Integers:
    """A number a value: mentions of one label that say the same have the same number."""
    numbers: dict[object, int] = {}
    keys = [(mention.span.label, mention.identity) for mention in mentions]
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


def _number(label: str) -> int:
    return LABELS.index(label) if label in LABELS else len(LABELS)


def _near(count: int) -> tuple[Integers, Integers]:
    reach = min(REACH, max(count - 1, 0))
    first = np.repeat(np.arange(count, dtype=np.int64), reach)
    second = first + np.tile(np.arange(1, reach + 1, dtype=np.int64), count)
    inside = second < count
    return first[inside], second[inside]


def _places(mentions: Sequence[Mention], layout: Layout, i: Integers, j: Integers) -> dict[str, Column]:
    end = np.array([mention.span.end for mention in mentions], dtype=np.int64)
    distance = np.maximum(layout.start[j] - end[i], 0)
    return {
        "line": layout.line[i] == layout.line[j],
        "sentence": layout.sentence[i] == layout.sentence[j],
        "clause": layout.clause[i] == layout.clause[j],
        "part": layout.part[i] == layout.part[j],
        "item": layout.item[i] == layout.item[j],
        "block": layout.block[i] == layout.block[j],
        "section": layout.section[i] == layout.section[j],
        "sentences_between": np.log1p(layout.sentence[j] - layout.sentence[i]),
        "clauses_between": np.log1p(layout.clause[j] - layout.clause[i]),
        "parts_between": np.log1p(layout.part[j] - layout.part[i]),
        "items_between": np.log1p(layout.item[j] - layout.item[i]),
        "distance": np.log1p(distance),
        "adjacent": j == i + 1,
        "glued": (j == i + 1) & (distance <= _GLUED),
        "heading": layout.heading[i] | layout.heading[j],
    }


def _cells_and_lists(
    mentions: Sequence[Mention], layout: Layout, label: Integers, i: Integers, j: Integers
) -> dict[str, Column]:
    lists = parallel_lists([mention.span for mention in mentions], layout)
    in_table = (layout.table[i] != -1) & (layout.table[i] == layout.table[j])
    in_row = in_table & (layout.row[i] == layout.row[j])
    in_column = np.minimum(layout.right[i], layout.right[j]) > np.maximum(layout.left[i], layout.left[j])
    own_list = (lists.number[i] >= 0) & (lists.number[i] == lists.number[j])
    two_lists = (lists.number[i] >= 0) & (lists.number[j] >= 0) & ~own_list
    two_lists &= (lists.length[i] == lists.length[j]) & (layout.start[j] - layout.start[i] < _LISTS_APART)
    two_lists &= (label[i] != label[j]) | in_row
    in_step = lists.place[i] == lists.place[j]
    return {
        "row": in_row,
        "other_row": in_table & ~in_row,
        "column": in_table & ~in_row & in_column,
        "other_cell": in_table & ~in_row & ~in_column,
        "own_list": own_list,
        "in_step": two_lists & in_step,
        "out_of_step": two_lists & ~in_step,
        "in_step_adjacent": two_lists & in_step & (j == i + 1),
        "out_of_step_adjacent": two_lists & ~in_step & (j == i + 1),
    }


def _between(mentions: Sequence[Mention], label: Integers, i: Integers, j: Integers) -> dict[str, Column]:
    """How many mentions of the labels of either, of durations and of models stand between the two."""
    before = np.zeros((len(mentions) + 1, len(LABELS) + 1), dtype=np.int64)
    before[np.arange(1, len(mentions) + 1), label] = 1
    before = before.cumsum(axis=0)
    of_first = before[j, label[i]] - before[i + 1, label[i]]
    of_second = before[j, label[j]] - before[i + 1, label[j]]
    return {
        "none_of_first": of_first == 0,
        "none_of_second": of_second == 0,
        "none_of_either": (of_first == 0) & (of_second == 0),
        "of_first": np.log1p(of_first),
        "of_second": np.log1p(of_second),
        "no_duration": before[j, _TRAINING] == before[i + 1, _TRAINING],
        "no_model": before[j, _MODEL] == before[i + 1, _MODEL],
    }


def _topics(layout: Layout, label: Integers, value: Integers, i: Integers, j: Integers) -> dict[str, Column]:
    """Whether the last model (size) before the two is the same one, and the next model after them."""
    features: dict[str, Column] = {}
    reverse = slice(None, None, -1)
    for name, topic in (
        ("model_before", _last_value(label, value, layout.section, _MODEL)),
        ("size_before", _last_value(label, value, layout.section, _PARAMS)),
        ("model_after", _last_value(label[reverse], value[reverse], layout.section[reverse], _MODEL)[reverse]),
    ):
        known = (topic[i] >= 0) & (topic[j] >= 0)
        features[name] = known & (topic[i] == topic[j])
        features[f"other_{name}"] = known & (topic[i] != topic[j])
    return features


def _last_value(label: Integers, value: Integers, section: Integers, of: int) -> Integers:
    """Value of the last mention of a label at or before each mention of the same section; -1 where there is none."""
    out = np.full(len(label), -1, dtype=np.int64)
    last, place = -1, -1
    for k in range(len(label)):
        if section[k] != place:
            last, place = -1, int(section[k])
        if label[k] == of:
            last = int(value[k])
        out[k] = last
    return out


def _records(layout: Layout, label: Integers, i: Integers, j: Integers) -> dict[str, Column]:
    """Whether the two stand on lines (in items) of a list of records, on the same one or on two."""
    features: dict[str, Column] = {}
    for name, place in (("record_line", layout.line), ("record_item", layout.item)):
        records = _are_records(label, place)
        features[name] = records[i] & records[j] & (place[i] == place[j])
        features[f"other_{name}"] = records[i] & records[j] & (place[i] != place[j])
    return features


def _are_records(label: Integers, place: Integers) -> Booleans:
    """Whether the place of a mention has two labels in common with the next place that has mentions."""
    labels_at: dict[int, set[int]] = defaultdict(set)
    for where, what in zip(place.tolist(), label.tolist(), strict=True):
        labels_at[where].add(what)
    records: set[int] = set()
    for one, other in pairwise(sorted(labels_at)):
        if other - one <= _LINES_APART and len(labels_at[one] & labels_at[other]) >= _IN_COMMON:
            records |= {one, other}
    return np.array([where in records for where in place.tolist()], dtype=bool)


def _counts(label: Integers, value: Integers, i: Integers, j: Integers) -> dict[str, Column]:
    """Whether the document states but one value of a field."""
    distinct = np.zeros(len(LABELS) + 1, dtype=np.int64)
    for which, _ in set(zip(label.tolist(), value.tolist(), strict=True)):
        distinct[which] += 1
    single = distinct[label] == 1
    return {"single": single[i] | single[j], "both_single": single[i] & single[j]}


def _alone(layout: Layout, label: Integers, i: Integers, j: Integers) -> dict[str, Column]:
    """Whether the two are the only mentions of their labels in their sentence (item, line)."""
    features: dict[str, Column] = {}
    for name, place in (("sentence", layout.sentence), ("item", layout.item), ("line", layout.line)):
        keys = list(zip(place.tolist(), label.tolist(), strict=True))
        counts = Counter(keys)
        alone = np.array([counts[key] == 1 for key in keys], dtype=bool)
        features[f"alone_in_{name}"] = (place[i] == place[j]) & alone[i] & alone[j]
    return features


def _links(mentions: Sequence[Mention], text: str, i: Integers, j: Integers) -> dict[str, Column]:
    """What stands between two neighbours."""
    links = np.zeros((len(_LINKS), len(mentions) + 1), dtype=bool)
    for k, (one, other) in enumerate(pairwise(mentions)):
        between = text[one.span.end : min(other.span.start, one.span.end + _LINK_LENGTH)]
        for row, pattern in enumerate(_LINKS.values()):
            links[row, k] = bool(pattern.match(between))
    return {f"link_{name}": links[row, i] & (j == i + 1) for row, name in enumerate(_LINKS)}


class _LabelFeatures(Mapping[str, Booleans]):
    """The labels of two mentions, and of two with one label whether their value is the same."""

    def __init__(self, label: Integers, same_value: Booleans, i: Integers, j: Integers) -> None:
        self._low, self._high = np.minimum(label[i], label[j]), np.maximum(label[i], label[j])
        self._same_value = same_value

    def __getitem__(self, name: str) -> Booleans:
        one, _, other = name.partition("+")
        low = LABELS.index(one)
        if other in ("same", "other"):
            alike = self._same_value if other == "same" else ~self._same_value
            holds: Booleans = (self._low == low) & (self._high == low) & alike
        else:
            holds = (self._low == low) & (self._high == LABELS.index(other))
        return holds

    def __iter__(self) -> Iterator[str]:
        for k, one in enumerate(LABELS):
            yield from (f"{one}+same", f"{one}+other")
            yield from (f"{one}+{other}" for other in LABELS[k + 1 :])

    def __len__(self) -> int:
        return len(LABELS) * (len(LABELS) + 3) // 2


def _relations(
    mentions: Sequence[Mention], first: Integers, second: Integers, label: Integers, value: Integers
) -> dict[str, Booleans]:
    relations = np.zeros((len(_Relation._fields), len(first)), dtype=bool)
    known: dict[tuple[int, int], _Relation] = {}
    counts = _counts_stated(mentions)
    names_and_sizes = (label[first] <= _PARAMS) & (label[second] <= _PARAMS)
    for k in np.nonzero((label[first] == label[second]) | names_and_sizes)[0].tolist():
        i, j = int(first[k]), int(second[k])
        key = int(value[i]), int(value[j])
        if key not in known:
            known[key] = _relate(mentions[i], mentions[j], counts)
        relations[:, k] = known[key]
    return dict(zip(_Relation._fields, relations, strict=True))


def _counts_stated(mentions: Sequence[Mention]) -> list[float]:
    """Numbers of accelerators that a document states."""
    values = (mention.number for mention in mentions if mention.span.label == "gpu_count")
    return sorted({value for value in values if value is not None})[:_MOST_COUNTS]


def _relate(one: Mention, other: Mention, counts: Sequence[float]) -> _Relation:
    if one.span.label != other.span.label:
        same = relate_size(one, other)
        return _Relation(size_in_name=same is True, other_size_in_name=same is False)
    if one.identity == other.identity:
        return _Relation()
    if one.span.label == "model":
        words, others = words_of(one.text), words_of(other.text)
        return _Relation(part_of_name=words <= others or others <= words)
    if is_rounded(one, other) or _is_without_unit(one, other):
        return _Relation(rounded=True)
    durations = isinstance(one.value, Duration) and isinstance(other.value, Duration)
    bases = durations and one.value.basis != other.value.basis  # type: ignore[union-attr]
    product = one.span.label == "training" and _is_product(one.number, other.number, counts)
    forbidden = one.span.label in _EXCLUSIVE and not bases and not product
    return _Relation(bases=bases or product, forbidden=forbidden, product=product)


def _is_without_unit(one: Mention, other: Mention) -> bool:
    """Whether one is the bare number of the other: ``3.62`` in a table of millions, and ``3.6M``."""
    if one.is_read == other.is_read or not one.number or not other.number:
        return False
    bare, read = sorted((one, other), key=lambda mention: mention.is_read)
    ratio = (read.number or 0.0) / (bare.number or 1.0)
    return any(abs(ratio / unit - 1) <= _PRODUCT_ROUNDING for unit in _UNITS.get(one.span.label, ()))


def _is_product(one: float | None, other: float | None, counts: Sequence[float]) -> bool:
    """Whether one number of hours is the other one times a number of accelerators that is stated."""
    if not one or not other:
        return False
    low, high = sorted((one, other))
    return any(count > 1 and abs(low * count - high) <= _PRODUCT_ROUNDING * high for count in counts)
