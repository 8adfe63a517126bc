"""Groups of mentions → those that are runs of their own, and not a total, an aside or a name of a family."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log1p

from runspan.assembly.clustering import Graph
from runspan.assembly.layout import Layout
from runspan.assembly.mentions import Mention, words_of
from runspan.base.labels import LABELS

CORE = ("model", "params", "gpu_count", "hardware", "training")  # without one of these there is no run
NONE_IN_REACH = -6.0
_TOTAL = re.compile(
    r"\b(?:totals?|sum|altogether|in all|all told|combined|overall|together"
    r"|all (?:the )?(?:runs|stages|experiments|models)|entire|amounts?)\b",
    re.IGNORECASE,
)
_ROUNDING = 0.03
_PRODUCT_ROUNDING = 0.005
_MOST_HOURS, _MOST_COUNTS = 100, 30


@dataclass(frozen=True)
class Grouping:
    """Mentions of a document and their groups.

    Attributes:
        text: The document's text.
        mentions: Its mentions.
        layout: Where they stand.
        graph: Scores of pairs.
        groups: The groups, indices of mentions.
        group_of: Group of each mention.
    """

    text: str
    mentions: Sequence[Mention]
    layout: Layout
    graph: Graph
    groups: Sequence[Sequence[int]]
    group_of: Sequence[int]

    @cached_property
    def labels(self) -> Sequence[set[str]]:
        """Labels of each group's mentions."""
        return [{self.mentions[k].span.label for k in group} for group in self.groups]

    @cached_property
    def core(self) -> Sequence[set[str]]:
        """Labels that make a run, of each group's mentions."""
        return [labels & set(CORE) for labels in self.labels]

    @cached_property
    def names(self) -> Sequence[set[frozenset[str]]]:
        """The words of each model's name in a group."""
        named = [
            {self.mentions[k].text for k in group if self.mentions[k].span.label == "model"} for group in self.groups
        ]
        return [set(map(words_of, names)) for names in named]


def run_features(grouping: Grouping) -> dict[int, Mapping[str, float]]:
    """Of each group with a label that makes a run: what speaks for and against its being one."""
    groups = [g for g in range(len(grouping.groups)) if grouping.core[g]]
    having = Counter(label for g in groups for label in grouping.core[g])
    groups_with: dict[object, set[int]] = defaultdict(set)
    for g in groups:
        for k in grouping.groups[g]:
            groups_with[_key(grouping.mentions[k])].add(g)
    totals, products = _totals(grouping.mentions), _products(grouping.mentions)
    return {g: _features(g, grouping, having, groups_with, totals, products, len(groups)) for g in groups}


def _key(mention: Mention) -> object:
    return mention.span.label, mention.identity


def _features(
    g: int,
    grouping: Grouping,
    having: Mapping[str, int],
    groups_with: Mapping[object, set[int]],
    totals: set[float],
    products: set[float],
    count: int,
) -> dict[str, float]:
    members = [grouping.mentions[k] for k in grouping.groups[g]]
    core = grouping.core[g]
    only = "+".join(label for label in CORE if label in core)
    own = {label for label in core if any(m.span.label == label and len(groups_with[_key(m)]) == 1 for m in members)}
    near = _scores_of_others(g, grouping)
    layout, indices = grouping.layout, grouping.groups[g]
    durations = [k for k in indices if grouping.mentions[k].span.label == "training"]
    bases = {grouping.mentions[k].value.as_dict().get("basis") for k in durations}
    features: dict[str, float] = {f"has_{label}": label in grouping.labels[g] for label in LABELS}
    features |= {f"lacks_{label}": label not in core and having.get(label, 0) > 0 for label in CORE}
    features |= {f"alone_with_{label}": label in core and having[label] == 1 for label in CORE}
    features |= {f"own_{label}": label in own for label in CORE}
    features |= {
        f"only_{only}": 1.0 if len(core) <= 2 else 0.0,
        "mentions": log1p(len(members)),
        "labels": float(len(core)),
        "one_label": len(core) == 1,
        "own": float(len(own)),
        "nothing_own": not own,
        "others": log1p(count - 1),
        "no_others": count == 1,
        "best_other": max((score for score, _ in near), default=NONE_IN_REACH),
        "other_in_reach": bool(near),
        "fewer_labels": float(max((len(grouping.core[o]) for _, o in near), default=0) - len(core)),
        "name_in_other": _is_part_of_other_name(g, near, grouping),
        "in_table": all(layout.table[k] != -1 for k in indices),
        "others_in_table": bool((layout.table != -1).any()),
        "in_heading": all(layout.heading[k] for k in indices),
        "first": indices[0] == 0,
        "accelerator_hours_only": bases == {"accelerator_hours"},
        "total": any(_TOTAL.search(_line(grouping, k)) for k in durations),
        "sum": any(grouping.mentions[k].number in totals for k in durations),
        "several_mentions": len(members) > 1,
        "restated": any(grouping.mentions[k].number in products for k in durations),
    }
    return {name: float(value) for name, value in features.items()}


def _scores_of_others(g: int, grouping: Grouping) -> list[tuple[float, int]]:
    """Mean score of the pairs with each other group in reach that could be the same run."""
    scores: dict[int, list[float]] = defaultdict(list)
    for k in grouping.groups[g]:
        for j, score in grouping.graph[k].items():
            scores[grouping.group_of[j]].append(score)
    return [
        (max(sum(found) / len(found), NONE_IN_REACH), other)
        for other, found in sorted(scores.items())
        if other != g and min(found) > NONE_IN_REACH - 1 and grouping.core[other]
    ]


def _is_part_of_other_name(g: int, near: Sequence[tuple[float, int]], grouping: Grouping) -> bool:
    others = {words for _, other in near for words in grouping.names[other]}
    return any(name < other for name in grouping.names[g] for other in others)


def _line(grouping: Grouping, k: int) -> str:
    """The line of a mention up to its end, at most 80 characters of it."""
    span = grouping.mentions[k].span
    return grouping.text[max(grouping.text.rfind("\n", 0, span.start) + 1, span.start - 80) : span.end + 20]


def _totals(mentions: Sequence[Mention]) -> set[float]:
    """Durations that are the sum of the others of their basis."""
    totals = set()
    by_basis: dict[object, set[float]] = defaultdict(set)
    for mention in mentions:
        if mention.span.label == "training" and mention.number is not None:
            by_basis[mention.value.as_dict().get("basis")].add(mention.number)
    for numbers in by_basis.values():
        largest = max(numbers)
        if len(numbers) > 2 and abs(sum(numbers) - 2 * largest) <= _ROUNDING * largest:
            totals.add(largest)
    return totals


def _products(mentions: Sequence[Mention]) -> set[float]:
    """Durations that are another one times a number of accelerators that is stated."""
    counts = {m.number for m in mentions if m.span.label == "gpu_count" and m.number and m.number > 1}
    hours = sorted({m.number for m in mentions if m.span.label == "training" and m.number})
    products = set()
    for one in hours[:_MOST_HOURS]:
        for count in sorted(counts)[:_MOST_COUNTS]:
            at = bisect_left(hours, one * count * (1 - _PRODUCT_ROUNDING))
            if at < len(hours) and hours[at] <= one * count * (1 + _PRODUCT_ROUNDING):
                products.add(hours[at])
    return products
