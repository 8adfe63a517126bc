"""Document → draft runs: scores of pairs, groups, which groups are runs, and what the runs share.

The three scores are weighted sums of features (:mod:`runspan.assembly.weights`); above zero they speak for a run in
common, for a group's being a run, and for a run's having a value that is stated elsewhere.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from runspan.assembly.candidates import CORE, Grouping, run_features
from runspan.assembly.clustering import FORBIDDEN, cluster, graph_of
from runspan.assembly.layout import lay_out
from runspan.assembly.mentions import Mention
from runspan.assembly.pairs import pair_up
from runspan.assembly.sharing import ORDER, DraftRun, Sharing, crossed, draft_runs
from runspan.assembly.weights import BIAS, Weights, weigh
from runspan.base.records import LIST_LABELS

_BOUND = 6.0  # no single pair decides over a whole group
LEAST_FACTS = 0.8  # to be expected in a run
LEANING = 1.0  # toward one group: a pair is taken to share a run from odds of 1 to e


def group_mentions(text: str, mentions: Sequence[Mention], weights: Weights) -> Grouping:
    """Groups of mentions that share a run, by the ``same_run`` weights."""
    layout = lay_out(text, [mention.span for mention in mentions])
    pairs = pair_up(mentions, layout, text)
    scores = np.full(len(pairs.first), weights.get(BIAS, 0.0) + LEANING)
    for name in pairs.features:
        if weight := weights.get(name):
            scores += weight * pairs.features[name]
    scores = np.where(pairs.forbidden, FORBIDDEN, np.clip(scores, -_BOUND, _BOUND))
    graph = graph_of(len(mentions), pairs.first.tolist(), pairs.second.tolist(), scores.tolist())
    groups = cluster(graph)
    group_of = [0] * len(mentions)
    for number, members in enumerate(groups):
        for k in members:
            group_of[k] = number
    return Grouping(text, mentions, layout, graph, groups, group_of)


def runs_among(grouping: Grouping, weights: Weights) -> list[DraftRun]:
    """The groups that are runs by the ``is_run`` weights, at least one where a group could be one.

    A group of predicted mentions needs one fact that is nearly sure, or several that are less sure: the sum
    of the best confidence of each field is the number of facts to expect in it. A group that says nothing that another
    one doesn't say, too, is a repetition of it.
    """
    scores = {group: weigh(weights, features) for group, features in run_features(grouping).items()}
    facts = {group: facts_expected(grouping, group) for group in scores}
    kept = [group for group, score in scores.items() if score > 0 and facts[group] >= LEAST_FACTS]
    if scores and not kept:
        kept = [max(scores, key=lambda group: (facts[group] >= LEAST_FACTS, scores[group]))]
    return draft_runs(grouping, _without_repetitions(grouping, kept))


def facts_expected(grouping: Grouping, group: int) -> float:
    """Number of facts to expect in a group, one a field."""
    best: dict[str, float] = {}
    for k in grouping.groups[group]:
        mention = grouping.mentions[k]
        if mention.span.label in CORE:
            best[mention.span.label] = max(best.get(mention.span.label, 0.0), mention.score)
    return sum(best.values())


def _without_repetitions(grouping: Grouping, groups: Sequence[int]) -> list[int]:
    values = {group: _values(grouping, group) for group in groups}
    having: dict[object, set[int]] = defaultdict(set)
    for group in groups:
        for value in values[group]:
            having[value].add(group)
    kept: list[int] = []
    for group in groups:
        others = set.intersection(*(having[value] for value in values[group])) - {group}
        if not any(values[other] != values[group] or other in kept for other in others):
            kept.append(group)
    return kept


def _values(grouping: Grouping, group: int) -> frozenset[object]:
    mentions = (grouping.mentions[k] for k in grouping.groups[group])
    return frozenset((m.span.label, m.identity) for m in mentions if m.span.label in CORE)


class SharedValue(NamedTuple):
    """A mention that a run takes over, with the features that the score for it was weighed from."""

    run: DraftRun
    mention: int
    features: Mapping[str, float]


def share_values(grouping: Grouping, runs: Sequence[DraftRun], weights: Weights) -> list[SharedValue]:
    """Give each run the values that it shares with others, of the fields that it has none of (``shares_value``).

    Returns:
        What was given.
    """
    given = []
    for label in ORDER:
        sharing = Sharing(grouping, runs, label)
        shared = [value for run in runs if not run.fields.get(label) for value in _shared(run, sharing, weights)]
        for value in shared:
            value.run.fields[label].append(value.mention)
        given += shared
    return given


def _shared(run: DraftRun, sharing: Sharing, weights: Weights) -> list[SharedValue]:
    """The mention of the value that is most likely the run's; of a label that may have several, all likely ones."""
    features = {k: dict(crossed(sharing.features(run, k), sharing.label)) for k in sharing.candidates(run)}
    scores = {k: weigh(weights, known) for k, known in features.items()}
    likely = sorted((k for k, score in scores.items() if score > 0), key=lambda k: (-scores[k], k))
    chosen = sorted(likely) if sharing.label in LIST_LABELS else likely[:1]
    return [SharedValue(run, k, features[k]) for k in chosen]
