"""Facts that runs share: which value, stated elsewhere, a run without one of a field has as well."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import log, log1p

import numpy as np
import numpy.typing as npt

from runspan.assembly.candidates import NONE_IN_REACH, Grouping
from runspan.assembly.mentions import relate_size, words_of

ORDER = ("model", "params", "hardware", "gpu_count", "training", "year", "country")
_NEAREST = 6  # candidates on either side of a run
_GLUED = 6  # characters
_PARTNER = {"gpu_count": "hardware", "hardware": "gpu_count"}


@dataclass(slots=True)
class DraftRun:
    """A run that is being assembled.

    Attributes:
        group: The group that it was made of.
        members: The group's mentions.
        fields: Mentions of each label, shared ones among them.
    """

    group: int
    members: Sequence[int]
    fields: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


def draft_runs(grouping: Grouping, groups: Sequence[int]) -> list[DraftRun]:
    """A draft of each group."""
    runs = []
    for group in groups:
        run = DraftRun(group, grouping.groups[group])
        for k in run.members:
            run.fields[grouping.mentions[k].span.label].append(k)
        runs.append(run)
    return runs


class Sharing:
    """What speaks for a mention's being a fact of a run that has none of its field."""

    def __init__(self, grouping: Grouping, runs: Sequence[DraftRun], label: str) -> None:
        self.grouping, self.runs, self.label = grouping, runs, label
        self.mentions = [k for k, mention in enumerate(grouping.mentions) if mention.span.label == label]
        self.of_value = Counter(grouping.mentions[k].identity for k in self.mentions)
        self.run_of = {run.group: run for run in runs}
        self.having = sum(bool(run.fields.get(label)) for run in runs)
        self.runs_of_value = Counter(
            value for run in runs for value in {grouping.mentions[k].identity for k in run.fields.get(label, ())}
        )
        names = [words_of(mention.text) for mention in grouping.mentions if mention.span.label == "model"]
        self.in_all_names = frozenset.intersection(*names) if names else frozenset()

    def candidates(self, run: DraftRun) -> list[int]:
        """Mentions that may be the run's: the nearest ones on either side, and the most frequent value's first."""
        if len(self.mentions) <= 2 * _NEAREST:
            return self.mentions
        at = bisect_left(self.mentions, run.members[0])
        after = bisect_left(self.mentions, run.members[-1])
        near = {*self.mentions[max(0, at - _NEAREST) : at], *self.mentions[after : after + _NEAREST]}
        frequent = self.of_value.most_common(1)[0][0]
        near.add(next(k for k in self.mentions if self.grouping.mentions[k].identity == frequent))
        return sorted(near)

    def features(self, run: DraftRun, k: int) -> dict[str, float]:
        """Features of a mention and a run."""
        grouping, layout = self.grouping, self.grouping.layout
        mention = grouping.mentions[k]
        near = _nearest(run.members, layout.start, k)
        scores = [max(grouping.graph[k][m], NONE_IN_REACH) for m in run.members if m in grouping.graph[k]]
        owner = self.run_of.get(grouping.group_of[k])
        at = bisect_left(self.mentions, near)
        in_table = layout.table[k] != -1
        column = [m for m in run.members if in_table and layout.table[m] == layout.table[k]]
        in_row = any(layout.row[m] == layout.row[k] for m in column)
        in_column = any(_overlap(layout.left, layout.right, m, k) for m in column)
        single = len(self.of_value) == 1
        values: dict[str, float] = {
            "single_value": single,
            "single_mention": len(self.mentions) == 1,
            "values": log(len(self.of_value)),
            "runs_having": self.having / len(self.runs),
            "runs_of_value": self.runs_of_value[mention.identity] / len(self.runs),
            "mentions_of_value": log1p(self.of_value[mention.identity]),
            "runs": log(len(self.runs)),
            "out_of_reach": not scores,
            "best_score": max(scores, default=0.0),
            "mean_score": sum(scores) / len(scores) if scores else 0.0,
            "free": owner is None,
            "free_single": owner is None and single,
            "owned_single": owner is not None and single,
            "conflict": owner is not None and owner is not run and self._conflict(run, owner),
            "before": k < run.members[0],
            "after": k > run.members[-1],
            "free_before": owner is None and k < run.members[0],
            "same_section": layout.section[k] == layout.section[near],
            "same_block": layout.block[k] == layout.block[near],
            "same_item": layout.item[k] == layout.item[near],
            "same_line": layout.line[k] == layout.line[near],
            "same_sentence": layout.sentence[k] == layout.sentence[near],
            "distance": log1p(abs(int(layout.start[k]) - int(layout.start[near]))),
            "heading": layout.heading[k],
            "first_section": layout.section[k] == layout.section[0],
            "in_table": in_table,
            "same_table": bool(column),
            "same_row": in_row,
            "same_column": in_column,
            "cell_of_other_run": owner is not None and bool(column) and not in_row and not in_column,
            "row_of_other_run": owner is not None and bool(column) and not in_row,
            "table_of_other_run": owner is not None and in_table and not column,
            "line_of_other_run": owner is not None and self._on_a_line(owner, k),
            "nearest_before": at > 0 and self.mentions[at - 1] == k,
            "nearest_after": at < len(self.mentions) and self.mentions[at] == k,
            "of_all_names": self.label == "model" and words_of(mention.text) <= self.in_all_names,
            **self._model(run, owner),
            **self._partner(run, k),
            **self._size(run, k),
        }
        return {name: float(value) for name, value in values.items()}

    def _conflict(self, run: DraftRun, owner: DraftRun) -> bool:
        for label in ("params", "gpu_count", "hardware", "training"):
            ours, theirs = (self._values(r, label) for r in (run, owner))
            if ours and theirs and not ours & theirs:
                return True
        return False

    def _model(self, run: DraftRun, owner: DraftRun | None) -> dict[str, bool]:
        """Whether the run that the mention was found with is of the same model."""
        ours, theirs = self._values(run, "model"), self._values(owner, "model") if owner else set()
        if self.label == "model" or not ours or not theirs:
            return {"same_model": False, "other_model": False}
        return {"same_model": bool(ours & theirs), "other_model": not ours & theirs}

    def _partner(self, run: DraftRun, k: int) -> dict[str, bool]:
        """Whether the count (or device) beside the mention is also the run's."""
        partner = _PARTNER.get(self.label)
        beside = self._beside(k, partner) if partner else None
        ours = self._values(run, partner) if partner else set()
        if beside is None or not ours:
            return {"same_partner": False, "other_partner": False}
        return {"same_partner": beside in ours, "other_partner": beside not in ours}

    def _on_a_line(self, owner: DraftRun, k: int) -> bool:
        """Whether the run that the mention was found with has another one on the same line."""
        line = self.grouping.layout.line
        at = bisect_left(owner.members, k)
        return any(line[m] == line[k] for m in [*owner.members[max(0, at - 1) : at], *owner.members[at + 1 : at + 2]])

    def _size(self, run: DraftRun, k: int) -> dict[str, bool]:
        """Whether a size is the one in the run's name, or the other way round."""
        other = {"params": "model", "model": "params"}.get(self.label, "")
        mentions = self.grouping.mentions
        relations = [relate_size(mentions[k], mentions[m]) for m in run.fields.get(other, ())] if other else []
        return {"size_in_name": True in relations, "other_size_in_name": False in relations and True not in relations}

    def _beside(self, k: int, label: str) -> Hashable | None:
        mentions = self.grouping.mentions
        for one, other in ((k - 1, k), (k, k + 1)):
            if one < 0 or other >= len(mentions) or mentions[other].span.start - mentions[one].span.end > _GLUED:
                continue
            beside = mentions[one if other == k else other]
            if beside.span.label == label:
                return beside.identity
        return None

    def _values(self, run: DraftRun, label: str) -> set[Hashable]:
        return {self.grouping.mentions[k].identity for k in run.fields.get(label, ())}


def _nearest(members: Sequence[int], start: npt.NDArray[np.int64], k: int) -> int:
    at = bisect_left(members, k)
    around = members[max(0, at - 1) : at + 1]
    return min(around, key=lambda m: abs(int(start[m]) - int(start[k])))


def _overlap(left: npt.NDArray[np.int64], right: npt.NDArray[np.int64], one: int, other: int) -> bool:
    return bool(min(right[one], right[other]) > max(left[one], left[other]))


def crossed(features: Mapping[str, float], label: str) -> Iterator[tuple[str, float]]:
    """Features of any label, and the same of this one."""
    for name, value in features.items():
        yield name, value
        yield f"{label}:{name}", value
    yield label, 1.0
