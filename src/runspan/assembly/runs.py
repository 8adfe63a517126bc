"""Spans → the runs of a document with normalised values, the main run first."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import log1p

from runspan.assembly.author_countries import infer_countries
from runspan.assembly.candidates import CORE
from runspan.assembly.evidence import Evidence, evidence, field_value, values_among
from runspan.assembly.grouping import group_mentions, runs_among, share_values
from runspan.assembly.mentions import Mention, mentions_of
from runspan.assembly.paper_parts import front_matter_end, references
from runspan.assembly.sharing import DraftRun
from runspan.assembly.weights import Weights, trained_weights
from runspan.base.documents import Document
from runspan.base.labels import LABELS
from runspan.base.records import LIST_LABELS, FieldValue, Run

_SIZES = ("params", "gpu_count", "training")
_EVIDENCE = 0.5  # beside the logarithms of these
_COUNTRY, _YEAR = "country", "year"
Values = dict[str, list[list[int]]]  # of each label: the mentions of each value


@dataclass(frozen=True, slots=True)
class _Source:
    """What runs are assembled from: mentions, and the characters of the list of references."""

    document: Document
    mentions: Sequence[Mention]
    cited: range

    def of_label(self, label: str) -> list[int]:
        return [k for k, mention in enumerate(self.mentions) if mention.span.label == label]


def assemble(document: Document, weights: Mapping[str, Weights] | None = None) -> tuple[list[Run], list[int]]:
    """The runs of a document, and the indices of the spans that are in none of them.

    Mentions are grouped by what speaks for their being of one run (:mod:`runspan.assembly.grouping`); a run has at most
    one value a field, but for those that may have several, and what several runs share is in each of them. The largest
    run, and that of which most is said, comes first. A mention that is of no run stays unassigned, unless it repeats a
    value of one.

    In a paper (a text with an abstract or introduction near its start) the main run has the values with the most
    evidence in the whole document, and its own only where that is as strong. Evidence is: values that could be read
    before those that could not, those outside of the list of references before those in it, then the sum of the
    mentions' confidences; of sizes for which that is much the same, the first. The countries are those of the authors:
    named in the front matter, or inferred from what stands there; only where it tells of none, those named elsewhere.

    Args:
        document: A text with predicted or tagged spans.
        weights: Weights of the three scores, in place of the trained ones.
    """
    weights = trained_weights() if weights is None else weights
    source = _Source(document, mentions_of(document), references(document.text))
    if not document.spans:
        return [], []
    front = front_matter_end(document.text)
    grouping = group_mentions(document.text, source.mentions, weights["same_run"])
    drafts = runs_among(grouping, weights["is_run"])
    share_values(grouping, drafts, weights["shares_value"])
    runs_of = _runs_of_names(drafts, source)
    runs = [_values(draft, runs_of, source) for draft in drafts] or [_best_values(source, LABELS)]
    runs.sort(key=lambda run: _weight(run, source), reverse=True)
    runs[0] |= _best_values(source, _labels_of_ones_own(source))
    if front:
        runs = _as_paper(runs, source)
    _join_repeated(runs, source)
    fields = [
        {label: [field_value(source.mentions, indices) for indices in values] for label, values in run.items()}
        for run in runs
    ]
    if front:
        countries = _countries_of_authors(source, front, fields[0].get(_COUNTRY, []))
        fields = [run | {_COUNTRY: countries} for run in fields]
    assembled = [Run(run) for run in fields if any(run.values())]
    return assembled, unassigned_spans(document, assembled)


def unassigned_spans(document: Document, runs: Sequence[Run]) -> list[int]:
    """Indices of the spans of a document that are a mention in none of the runs."""
    assigned = {place for run in runs for found in run.fields.values() for field in found for place in field.mentions}
    return [k for k, span in enumerate(document.spans) if (span.start, span.end) not in assigned]


def _runs_of_names(drafts: Sequence[DraftRun], source: _Source) -> Counter[Hashable]:
    """Number of runs that each model's name is found in."""
    return Counter(
        name for draft in drafts for name in {source.mentions[k].identity for k in draft.fields.get("model", ())}
    )


def _values(draft: DraftRun, runs_of: Counter[Hashable], source: _Source) -> Values:
    """The value of each field of a draft; of a label that may have several, all that could be read."""
    mentions = source.mentions
    chosen: Values = {}
    for label, indices in draft.fields.items():
        values = values_among(mentions, indices)
        if label in LIST_LABELS:
            chosen[label] = [value for value in values if mentions[value[0]].is_read]
        elif values:
            chosen[label] = [max(values, key=lambda value: _rank(value, source, runs_of))]
    return chosen


def _rank(value: Sequence[int], source: _Source, runs_of: Counter[Hashable]) -> tuple[object, ...]:
    """Of the values of one field: a name of this run only before a family's, then the evidence, then longer names."""
    first = source.mentions[value[0]]
    is_read, outside, total = evidence(source.mentions, value, source.cited)
    is_name = first.span.label == "model"
    own = is_name and runs_of[first.identity] == 1
    return is_read, outside, own, total, len(first.text) if is_name else 0, -value[0]


def _best_values(source: _Source, labels: Sequence[str]) -> Values:
    """The values with the most evidence in the whole document."""
    best: Values = {}
    for label in labels:
        values = values_among(source.mentions, source.of_label(label))
        if label in LIST_LABELS:
            best[label] = [value for value in values if source.mentions[value[0]].is_read]
        elif values:
            best[label] = [max(values, key=lambda value: _clear_evidence(value, source))]
    return best


_DIGITS = 1  # evidence for a size that differs by less tells nothing: the first is the main model's, variants follow


def _clear_evidence(value: Sequence[int], source: _Source) -> Evidence:
    is_read, outside, total = evidence(source.mentions, value, source.cited)
    is_size = source.mentions[value[0]].span.label == "params"
    return is_read, outside, round(total, _DIGITS) if is_size else total


def _labels_of_ones_own(source: _Source) -> list[str]:
    return sorted({mention.span.label for mention in source.mentions} - set(LABELS))


def _weight(run: Values, source: _Source) -> tuple[float, int]:
    """How much a run weighs: evidence, and the orders of magnitude of its size, accelerators and hours."""
    values = [value for label in CORE for value in run.get(label, ())]
    total = _EVIDENCE * sum(evidence(source.mentions, value, source.cited)[2] for value in values)
    numbers = [source.mentions[value[0]].number for label in _SIZES for value in run.get(label, ())]
    total += sum(log1p(number) for number in numbers if number)
    return round(total, 6), -min((value[0] for value in values), default=0)


def _as_paper(runs: Sequence[Values], source: _Source) -> list[Values]:
    """The runs of a paper, the first one that which has most of the document's best values."""
    best = _best_values(source, LABELS)

    def agreement(run: Values) -> int:
        return sum(_shares_value(run.get(label, ()), best.get(label, ()), source) for label in CORE)

    main = max(runs, key=agreement)
    others = [run for run in runs if run is not main]
    main = main | {label: _stronger(main.get(label, []), value, source) for label, value in best.items()}
    years = main.get(_YEAR, [])
    others = [run | {_YEAR: [[*year] for year in years]} for run in others if not _says_nothing_else(run, main, source)]
    return [main, *others]


def _stronger(own: list[list[int]], best: list[list[int]], source: _Source) -> list[list[int]]:
    if len(own) != 1 or len(best) != 1:
        return best
    everywhere = [k for k in source.of_label(source.mentions[own[0][0]].span.label) if _same(k, own[0][0], source)]
    ours, theirs = (evidence(source.mentions, value, source.cited) for value in (everywhere, best[0]))
    return [everywhere] if ours == theirs else best


def _shares_value(some: Sequence[Sequence[int]], others: Sequence[Sequence[int]], source: _Source) -> bool:
    return any(_same(one[0], other[0], source) for one in some for other in others)


def _same(one: int, other: int, source: _Source) -> bool:
    return source.mentions[one].identity == source.mentions[other].identity


def _says_nothing_else(run: Values, main: Values, source: _Source) -> bool:
    return all(_shares_value(values, main.get(label, ()), source) for label, values in run.items() if label in CORE)


def _join_repeated(runs: Sequence[Values], source: _Source) -> None:
    """Give mentions that are of no run to the one whose value they repeat, or to all where all have it."""
    assigned = {k for run in runs for values in run.values() for value in values for k in value}
    holders: dict[object, list[list[int]]] = {}
    for run in runs:
        for label, values in run.items():
            for value in values:
                holders.setdefault((label, source.mentions[value[0]].identity), []).append(value)
    for k, mention in enumerate(source.mentions):
        having = holders.get((mention.span.label, mention.identity), [])
        if k not in assigned and len(having) in (1, len(runs)):
            for value in having:
                value.append(k)
    for values in holders.values():
        for value in values:
            value.sort()


def _countries_of_authors(source: _Source, front: int, stated: Sequence[FieldValue]) -> list[FieldValue]:
    of_authors = [field for field in stated if field.mentions[0][0] < front]
    inferred = infer_countries(source.document, front, of_authors)
    return [*of_authors, *inferred] if of_authors or inferred else list(stated)
