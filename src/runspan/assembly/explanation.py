"""Why each mention went to its runs: the scores behind the assembly, taken apart into their features."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from runspan.assembly.candidates import run_features
from runspan.assembly.evidence import evidence
from runspan.assembly.grouping import LEANING, LEAST_FACTS, facts_expected, group_mentions, runs_among, share_values
from runspan.assembly.mentions import Mention, mentions_of
from runspan.assembly.pairs import Pairs, pair_up
from runspan.assembly.paper_parts import front_matter_end, references
from runspan.assembly.weights import BIAS, Weights, trained_weights, weigh
from runspan.base.documents import Document
from runspan.base.records import Run

_SHOWN = 3  # features of a score


@dataclass(frozen=True, slots=True)
class MentionReasons:
    """What became of a mention.

    Attributes:
        mention: The span with its value.
        runs: Numbers, from 1, of the runs that it is a mention of; none where it is unassigned.
        reasons: Why, a sentence each, with the scores and what most of each comes from.
    """

    mention: Mention
    runs: tuple[int, ...]
    reasons: tuple[str, ...]


def explain_runs(document: Document, runs: Sequence[Run]) -> list[MentionReasons]:
    """The reasons for each span's place, in order of the spans.

    Args:
        document: A text with the spans that were assembled.
        runs: What :func:`runspan.assembly.runs.assemble` made of them.
    """
    return _Explainer(document, runs).explain() if document.spans else []


class _Explainer:
    """The steps of the assembly done again, with an eye on the scores."""

    def __init__(self, document: Document, runs: Sequence[Run]) -> None:
        self.document, self.runs = document, runs
        self.weights = trained_weights()
        self.mentions = mentions_of(document)
        self.grouping = group_mentions(document.text, self.mentions, self.weights["same_run"])
        self.pairs = pair_up(self.mentions, self.grouping.layout, document.text)
        self.run_features = run_features(self.grouping)
        self.drafts = {draft.group: draft for draft in runs_among(self.grouping, self.weights["is_run"])}
        self.shared = self._sharing()
        self.cited = references(document.text)
        self.is_paper = bool(front_matter_end(document.text))

    def explain(self) -> list[MentionReasons]:
        return [MentionReasons(self.mentions[k], self._runs_of(k), tuple(self._reasons(k))) for k in self._all]

    @property
    def _all(self) -> range:
        return range(len(self.mentions))

    def _runs_of(self, k: int) -> tuple[int, ...]:
        span = self.mentions[k].span
        return tuple(
            number
            for number, run in enumerate(self.runs, start=1)
            if any((span.start, span.end) in field.mentions for field in run.fields.get(span.label, ()))
        )

    def _reasons(self, k: int) -> Iterable[str]:
        group = self.grouping.group_of[k]
        yield from self._companions(k, group)
        yield self._verdict(group)
        yield from self.shared.get(k, ())
        yield from self._choice(k, group)

    def _companions(self, k: int, group: int) -> Iterable[str]:
        """The mention of its group that most speaks for, or the mention of another that most nearly drew it."""
        graph = self.grouping.graph[k]
        for with_it, verb in ((True, "grouped with"), (False, "kept apart from")):
            others = [j for j in graph if (self.grouping.group_of[j] == group) is with_it]
            if others:
                j = max(others, key=lambda j: (graph[j], -j))
                yield f"{verb} {self._name(j)}: {graph[j]:+.1f} ({self._pair_features(k, j)})"
                return

    def _pair_features(self, k: int, j: int) -> str:
        pairs: Pairs = self.pairs
        first, second = min(k, j), max(k, j)
        at = int(np.nonzero((pairs.first == first) & (pairs.second == second))[0][0])
        if pairs.forbidden[at]:
            return "two values of a field of which a run has one"
        features = {name: float(column[at]) for name, column in pairs.features.items()}
        return self._most_of(features, self.weights["same_run"], {"leaning toward one group": LEANING})

    def _verdict(self, group: int) -> str:
        """Whether the group is a run."""
        features = self.run_features.get(group)
        if features is None:
            return "its group is no run: no model, size, count, device or duration in it"
        score = weigh(self.weights["is_run"], features)
        facts = facts_expected(self.grouping, group)
        text = f"score {score:+.1f} ({self._most_of(features, self.weights['is_run'])}), {facts:.1f} facts expected"
        if group in self.drafts:
            return f"its group is a run: {text}"
        if score > 0 and facts >= LEAST_FACTS:
            return f"its group is no run: it repeats another one; {text}"
        return f"its group is no run: {text}, of at least {LEAST_FACTS}"

    def _sharing(self) -> dict[int, list[str]]:
        """What the runs took over that is stated elsewhere, by mention."""
        weights = self.weights["shares_value"]
        reasons: dict[int, list[str]] = {}
        for run, k, features in share_values(self.grouping, list(self.drafts.values()), weights):
            score = f"{weigh(weights, features):+.1f} ({self._most_of(features, weights)})"
            reasons.setdefault(k, []).append(f"shared with the run of {self._name(run.members[0])}: {score}")
        return reasons

    def _choice(self, k: int, group: int) -> Iterable[str]:
        """What else decided over the field: other values, and the same value elsewhere."""
        mention, runs = self.mentions[k], self._runs_of(k)
        same = [j for j in self._all if self._is_same_value(j, k)]
        _, outside, total = evidence(self.mentions, same, self.cited)
        stated = f"{len(same)} mention(s), confidences {total:.2f} in sum{'' if outside else ', all in the references'}"
        if not mention.is_read:
            yield "its value could not be read"
        if runs and group not in self.drafts and k not in self.shared:
            yield f"repeats a value of run {', '.join(map(str, runs))}: {stated}"
        elif not runs and group in self.drafts:
            yield f"another value of the field has more to speak for it; for this one: {stated}"
        if self.is_paper and runs and runs[0] == 1:
            yield f"of a paper, run 1 has the values with the most evidence in the whole text: {stated}"

    def _is_same_value(self, j: int, k: int) -> bool:
        one, other = self.mentions[j], self.mentions[k]
        return one.span.label == other.span.label and one.identity == other.identity

    def _name(self, k: int) -> str:
        span, text = self.mentions[k].span, " ".join(self.mentions[k].text.split())
        return f'{span.label} "{text}" {span.start}–{span.end}'

    @staticmethod
    def _most_of(features: Mapping[str, float], weights: Weights, more: Mapping[str, float] | None = None) -> str:
        """The features that most of a score comes from."""
        parts = {name: weights.get(name, 0.0) * value for name, value in features.items()}
        parts |= {"otherwise": weights.get(BIAS, 0.0), **(more or {})}
        most = sorted(parts.items(), key=lambda part: (-abs(part[1]), part[0]))[:_SHOWN]
        return ", ".join(f"{name} {part:+.1f}" for name, part in most)
