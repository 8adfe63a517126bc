"""Scores of run records against true ones, aligned by :mod:`runspan.jobs.run_alignment`.

slots
    A filled slot is right where the two runs of a pair fill it with the same. Precision is the share of the predicted
    runs' filled slots that are right, recall that of the true runs'.
exact
    A run is right where it is in a pair of which every slot is: nothing wrong, nothing left out, nothing added.
run_count
    Difference between the number of predicted and of true runs, without sign, and the share of documents without one.
runs
    How many are aligned, merged, missing, split and spurious, as :class:`RunAlignment` says.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from runspan.base.labels import LABELS
from runspan.jobs import bootstrap
from runspan.jobs.ratios import Numbers, precision_recall_f1, share
from runspan.jobs.record_truth import TrueRuns
from runspan.jobs.run_alignment import RunAlignment, align_runs
from runspan.jobs.slot_fills import slots_of_run

_CORRECT, _PREDICTED, _TRUE = range(3)
_ALL, _EXACT = "all", "exact"
_ROWS = (*LABELS, _ALL, _EXACT)


@dataclass(frozen=True, slots=True)
class _Scored:
    """What one document adds to the scores: the alignment of its runs, and counts, a row for each of :data:`_ROWS`."""

    alignment: RunAlignment
    counts: Numbers

    @property
    def true_runs(self) -> int:
        return int(self.counts[-1, _TRUE])

    @property
    def excess(self) -> int:
        """Predicted runs more than there are."""
        return int(self.counts[-1, _PREDICTED] - self.counts[-1, _TRUE])


def score_runs(truths: Sequence[TrueRuns], records: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Scores of the runs of at least one document, matched by id.

    A document without a record counts as one about which nothing was found, a run that states nothing as none.

    Returns:
        ``slots``, with ``precision, recall, f1, f1_interval, correct, predicted, support`` over all slots (micro) and
        the same under ``per_field`` for each label; ``exact``, the same for whole runs; ``run_count``, with
        ``mean_absolute_error`` and ``right``, each with its ``…_interval``; ``runs``, the numbers of ``true, predicted,
        aligned, merged, missing, split, spurious`` ones; ``documents``, their number. ``several_runs`` has all of these
        for the documents with more than one true run, ``None`` where there is no such document. ``missing`` has the ids
        of those without a record. Intervals are those of :mod:`runspan.jobs.bootstrap`.
    """
    by_id = {record["id"]: record for record in records}
    scored = [_score(truth, by_id.get(truth.id, {})) for truth in truths]
    several = [one for one in scored if one.true_runs > 1]
    return {
        **_summarise(scored),
        "several_runs": _summarise(several) if several else None,
        "missing": [truth.id for truth in truths if truth.id not in by_id],
    }


def _score(truth: TrueRuns, record: Mapping[str, Any]) -> _Scored:
    predicted = [slots for run in record.get("runs") or () if (slots := slots_of_run(run))]
    alignment = align_runs(truth.runs, predicted)
    filled = [
        [
            sum(label in pair.matching for pair in alignment.pairs),
            sum(label in run for run in predicted),
            sum(label in run for run in truth.runs),
        ]
        for label in LABELS
    ]
    exact = [sum(pair.is_exact for pair in alignment.pairs), len(predicted), len(truth.runs)]
    return _Scored(alignment, np.array([*filled, np.sum(filled, axis=0), exact], dtype=np.float64))


def _summarise(scored: Sequence[_Scored]) -> dict[str, Any]:
    scores = _ratios(np.array([one.counts for one in scored]))
    whole, exact = scores.pop(_ALL), scores.pop(_EXACT)
    alignments = [one.alignment for one in scored]
    return {
        "slots": {**whole, "per_field": scores},
        "exact": exact,
        "run_count": {
            **_mean("mean_absolute_error", [abs(one.excess) for one in scored]),
            **_mean("right", [one.excess == 0 for one in scored]),
        },
        "runs": {
            "true": exact["support"],
            "predicted": exact["predicted"],
            "aligned": sum(len(alignment.pairs) for alignment in alignments),
            "merged": sum(len(alignment.merged) for alignment in alignments),
            "missing": sum(len(alignment.missing) for alignment in alignments),
            "split": sum(len(alignment.split) for alignment in alignments),
            "spurious": sum(len(alignment.spurious) for alignment in alignments),
        },
        "documents": len(scored),
    }


def _ratios(counts: Numbers) -> dict[str, dict[str, Any]]:
    """Scores of each of :data:`_ROWS`, from documents × rows × what is counted."""
    total, drawn = counts.sum(axis=0), bootstrap.resampled_sums(counts)
    scores = precision_recall_f1(total[:, _CORRECT], total[:, _PREDICTED], total[:, _TRUE])
    f1 = share(2 * drawn[..., _CORRECT], drawn[..., _PREDICTED] + drawn[..., _TRUE], empty=np.nan)
    return {
        name: {
            **{key: float(score[i]) for key, score in zip(("precision", "recall", "f1"), scores, strict=True)},
            "f1_interval": bootstrap.interval(f1[:, i]),
            "correct": int(total[i, _CORRECT]),
            "predicted": int(total[i, _PREDICTED]),
            "support": int(total[i, _TRUE]),
        }
        for i, name in enumerate(_ROWS)
    }


def _mean(name: str, values: Sequence[float]) -> dict[str, Any]:
    """The mean over documents under its name, and its interval."""
    drawn = bootstrap.resampled_sums(np.array(values, dtype=np.float64)) / len(values)
    return {name: float(np.mean(values)), f"{name}_interval": bootstrap.interval(drawn)}
