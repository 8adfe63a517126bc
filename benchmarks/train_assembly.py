"""Weights of the assembler's three scores, trained on the runs that the corpus ties its spans to, beside rules by hand.

    python benchmarks/train_assembly.py data/seeds                        # compare on held-out documents
    python benchmarks/train_assembly.py data/seeds --write src/runspan/assembly/weights.csv

Documents are held out in five parts. Each part is assembled from its tagged spans by weights that were trained on the
other four, and by the weights that were set by hand, which see the same features. The weights that are written are
trained on all documents.
"""

import argparse
import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from runspan.assembly.candidates import Grouping, run_features
from runspan.assembly.grouping import group_mentions
from runspan.assembly.layout import lay_out
from runspan.assembly.mentions import mentions_of, read_value
from runspan.assembly.pairs import pair_up
from runspan.assembly.runs import assemble
from runspan.assembly.sharing import ORDER, Sharing, crossed, draft_runs
from runspan.assembly.weights import BIAS
from runspan.base.documents import ALL_RUNS, Document, Span
from runspan.base.records import Run
from runspan.language.seeds import read_seeds

Weights = dict[str, float]
Rows = list[tuple[Mapping[str, float], bool]]

PARTS = 5
RIDGE = {"same_run": 5.0, "is_run": 1.0, "shares_value": 1.0}
TOLERANCE = {"params": 0.01, "training": 0.05}


@dataclass(frozen=True)
class Tied:
    """A document without its ties, and the runs of each span."""

    document: Document
    runs: tuple[frozenset[int], ...]
    numbers: tuple[int, ...]

    @property
    def part(self) -> int:
        """The part that it is held out in."""
        return int(hashlib.md5(self.document.id.encode()).hexdigest(), 16) % PARTS

    @property
    def is_tied(self) -> bool:
        """Whether it has several runs."""
        return len(self.numbers) > 1


def read_tied(paths: Iterable[str]) -> list[Tied]:
    """Documents with spans."""
    return [_tied(document) for document in read_seeds(paths) if document.spans]


def _tied(document: Document) -> Tied:
    numbers = document.run_numbers()
    tied = any(span.run for span in document.spans)
    runs = tuple(_runs_of(span, numbers) if tied else frozenset([1]) for span in document.spans)
    bare = replace(document, spans=tuple(replace(span, run=None) for span in document.spans))
    return Tied(bare, runs, tuple(numbers))


def _runs_of(span: Span, numbers: Sequence[int]) -> frozenset[int]:
    if span.run is None:
        return frozenset()
    return frozenset(numbers if span.run == ALL_RUNS else map(int, span.run.split(",")))


def pair_rows(tied: Tied) -> Iterator[tuple[Mapping[str, float], bool]]:
    """Pairs of spans of one run each: do they have it in common?"""
    mentions = mentions_of(tied.document)
    pairs = pair_up(mentions, lay_out(tied.document.text, tied.document.spans), tied.document.text)
    for k, (i, j) in enumerate(zip(pairs.first, pairs.second, strict=True)):
        if len(tied.runs[i]) == 1 == len(tied.runs[j]) and not pairs.forbidden[k]:
            features = {name: float(column[k]) for name, column in pairs.features.items() if column[k]}
            yield features, tied.runs[i] == tied.runs[j]


def true_groups(grouping: Grouping, tied: Tied) -> dict[int, int]:
    """The group that has most spans of each run alone, with the run."""
    largest: dict[int, tuple[int, int, int]] = {}
    for group, members in enumerate(grouping.groups):
        alone = Counter(run for k in members if len(tied.runs[k]) == 1 for run in tied.runs[k])
        if alone and grouping.core(group):
            run, count = alone.most_common(1)[0]
            largest[run] = max(largest.get(run, (0, 0, 0)), (count, -group, group))
    return {group: run for run, (_, _, group) in largest.items()}


def sharing_rows(grouping: Grouping, true: Mapping[int, int], tied: Tied) -> Iterator[tuple[Mapping[str, float], bool]]:
    """Runs without a value of a field, and mentions of one: is it theirs?"""
    drafts = draft_runs(grouping, sorted(true))
    for label in ORDER if drafts and tied.is_tied else ():
        sharing = Sharing(grouping, drafts, label)
        found = []
        for draft in drafts:
            run = true[draft.group]
            if not draft.fields.get(label):
                for k in sharing.candidates(draft):
                    yield dict(crossed(sharing.features(draft, k), label)), run in tied.runs[k]
                found.append((draft, [k for k in sharing.mentions if run in tied.runs[k]][:1]))
        for draft, mentions in found:
            draft.fields[label] = mentions


def fit(rows: Rows, ridge: float, rounds: int = 25) -> Weights:
    """Ridge logistic regression, by Newton's method."""
    names = sorted({name for features, _ in rows for name in features})
    column = {name: k for k, name in enumerate(names)}
    x = np.zeros((len(rows), len(names) + 1))
    x[:, -1] = 1.0
    for k, (features, _) in enumerate(rows):
        for name, value in features.items():
            x[k, column[name]] = value
    y = np.array([answer for _, answer in rows], dtype=float)
    penalty = np.diag([ridge] * len(names) + [1e-3])
    weights = np.zeros(len(names) + 1)
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + penalty, x.T @ (p - y) + penalty @ weights)
        weights -= step
        if np.abs(step).max() < 1e-6:
            break
    return dict(zip([*names, BIAS], weights.tolist(), strict=True))


def train(documents: Sequence[Tied]) -> list[dict[str, Weights]]:
    """Weights without each part, and at last of all; groups to learn from are made by weights that didn't see them."""
    pairs = [(tied.part, row) for tied in documents if tied.is_tied for row in pair_rows(tied)]
    same_run = [fit([row for part, row in pairs if part != k], RIDGE["same_run"]) for k in range(PARTS + 1)]
    is_run: list[tuple[int, tuple[Mapping[str, float], bool]]] = []
    shares: list[tuple[int, tuple[Mapping[str, float], bool]]] = []
    for tied in documents:
        grouping = group_mentions(tied.document.text, mentions_of(tied.document), same_run[tied.part])
        true = true_groups(grouping, tied)
        is_run += [(tied.part, (features, group in true)) for group, features in run_features(grouping).items()]
        shares += [(tied.part, row) for row in sharing_rows(grouping, true, tied)]
    return [
        {
            "same_run": same_run[k],
            "is_run": fit([row for part, row in is_run if part != k], RIDGE["is_run"]),
            "shares_value": fit([row for part, row in shares if part != k], RIDGE["shares_value"]),
        }
        for k in range(PARTS + 1)
    ]


def by_hand() -> dict[str, Weights]:
    """Rules as weights of the same features, set before anything was trained."""
    anywhere = {
        "glued": 3.0, "row": 2.5, "other_row": -3.0, "in_step": 3.0, "out_of_step": -3.0, "own_list": -3.0,
        "clause": 1.0, "sentence": 1.0, "item": 0.5, "none_of_either": 1.0, "of_first": -0.7, "of_second": -0.7,
        "model_before": 1.0, "other_model_before": -1.5, "size_in_name": 3.0, "other_size_in_name": -4.0,
        "sentences_between": -0.5, "alone_in_sentence": 2.0, "product": 3.0,
    }  # fmt: skip
    kinds = ("value", "rounded", "part_of_name", "bases", "other", "with_model", "without_model")
    same_run = {f"{kind}:{name}": weight for kind in kinds for name, weight in anywhere.items()}
    same_run |= {"model+same": 2.5, "params+same": 1.5, "rounded": 1.0, "part_of_name": 0.5, "bases": 0.5}
    same_run |= {"model+other": -3.0, "year+other": -1.0, BIAS: -2.0}
    is_run = {"own_training": 3.0, "own": 1.0, "nothing_own": -3.0, "total": -3.0, "sum": -3.0, "restated": -2.0}
    is_run |= {"no_others": 5.0, "labels": 0.5, "only_model": -1.0, BIAS: -1.5}
    shares_value = {
        "single_value": 2.0, "free": 1.0, "cell_of_other_run": -4.0, "conflict": -1.5, "same_line": 1.0,
        "nearest_before": 0.7, "best_score": 0.5, "training": -4.0, "country": 2.0, "year": 2.0, "same_model": 2.0,
        "same_partner": 1.0, "other_partner": -2.0, "size_in_name": 3.0, "other_size_in_name": -5.0, BIAS: -1.0,
    }  # fmt: skip
    return {"same_run": same_run, "is_run": is_run, "shares_value": shares_value}


Slots = dict[str, list[Any]]


def true_slots(tied: Tied) -> list[Slots]:
    """Values of each field of the true runs."""
    slots: list[Slots] = []
    for number in tied.numbers:
        slots.append({})
        for span, runs in zip(tied.document.spans, tied.runs, strict=True):
            if number in runs:
                slots[-1].setdefault(span.label, []).append(_value(span.label, tied.document.surface(span)))
    return slots


def predicted_slots(runs: Sequence[Run]) -> list[Slots]:
    """Values of each field of assembled runs, what was inferred left out."""
    slots = []
    for run in runs:
        fields = {label: [f for f in values if not f.inferred_from] for label, values in run.fields.items()}
        slots.append({label: [_value(label, f.text) for f in values] for label, values in fields.items() if values})
    return slots


def _value(label: str, text: str) -> Any:
    value = read_value(label, text).as_dict()
    stated = value["value"] if value["value"] is not None else value.get("low")
    return " ".join(str(text if stated is None else stated).split()).casefold() if not _is_number(stated) else stated


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _agree(label: str, one: Any, other: Any) -> bool:
    if not (_is_number(one) and _is_number(other)):
        return bool(one == other)
    return bool(abs(one - other) <= TOLERANCE.get(label, 0.0) * max(abs(one), abs(other)))


def compare(predicted: Sequence[Slots], true: Sequence[Slots]) -> np.ndarray:
    """Slots that agree when runs are aligned one to one, predicted ones, true ones, and whether the numbers agree."""
    matches = np.zeros((len(predicted), len(true)))
    for i, run in enumerate(predicted):
        for j, other in enumerate(true):
            common = run.keys() & other.keys()
            matches[i, j] = sum(any(_agree(la, a, b) for a in run[la] for b in other[la]) for la in common)
    aligned = matches[linear_sum_assignment(-matches)].sum() if matches.size else 0
    return np.array([aligned, sum(map(len, predicted)), sum(map(len, true)), len(predicted) == len(true)])


def report(name: str, documents: Sequence[Tied], weights: Sequence[Mapping[str, Weights]]) -> None:
    """Print scores of all documents, and of those with several runs."""
    counts = np.array(
        [compare(predicted_slots(assemble(t.document, weights[t.part])[0]), true_slots(t)) for t in documents]
    )
    several = np.array([tied.is_tied for tied in documents])
    for what, chosen in (("all documents", counts), ("with several runs", counts[several])):
        agreed, found, true, right = chosen.sum(axis=0)
        print(
            f"{name:8} {what:18} {len(chosen):4}  slot P {agreed / found:.3f} R {agreed / true:.3f} "
            f"F1 {2 * agreed / (found + true):.3f}  right number of runs {right / len(chosen):.3f}"
        )


def write(path: Path, weights: Mapping[str, Weights]) -> None:
    """Weights of all scores as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("score", "feature", "weight"))
        for score, of_features in weights.items():
            rows = ((score, name, f"{weight:.4f}") for name, weight in of_features.items())
            writer.writerows(row for row in rows if float(row[2]))


def main() -> None:
    """Compare, and write the weights where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", help="seed files or folders")
    parser.add_argument("--write", type=Path, help="CSV file for the weights")
    arguments = parser.parse_args()
    documents = read_tied(arguments.paths)
    weights = train(documents)
    report("learned", documents, weights)
    report("by hand", documents, [by_hand()] * PARTS)
    if arguments.write:
        write(arguments.write, weights[PARTS])


if __name__ == "__main__":
    main()
