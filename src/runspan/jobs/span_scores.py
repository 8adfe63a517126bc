"""Predicted spans against tagged ones: strict and partial precision, recall and F1, with their intervals.

Both are measures of SemEval-2013 Task 9.1, strict and type matching (I. Segura-Bedmar, P. Martínez, M. Herrero-Zazo,
*SemEval-2013 Task 9: Extraction of Drug-Drug Interactions from Biomedical Texts*, 2013); the package nervaluate calls
them ``strict`` and ``ent_type``:

strict
    A predicted span is correct when a tagged one has the same first and last character and the same label.
partial
    A predicted span is correct when a tagged one of the same label shares a character with it, and no other predicted
    span has been paired with that one. It counts in full. nervaluate 1.x finds a little less: it also takes a tagged
    span as used up by an earlier predicted one of another label. (Its ``partial`` is another measure: any label will do
    there, and an inexact boundary counts half.)

Over words of whole text, strict is what seqeval computes over IOB2 tags.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from runspan.base.documents import Document
from runspan.base.labels import LABELS
from runspan.jobs import bootstrap
from runspan.jobs.comparison import STRICT, Comparison, compare_records, pair_same_label
from runspan.jobs.ratios import Numbers, precision_recall_f1, share

_TAGGED, _PREDICTED, _STRICT, _PARTIAL = range(4)  # what is counted
_ALL = "all"


def score_records(
    gold: Sequence[Document], records: Iterable[Mapping[str, Any]], approximators: str = STRICT
) -> dict[str, Any]:
    """Scores of records against tagged documents, matched by id: :func:`score_spans` of :func:`compare_records`.

    Raises:
        RunspanError: A record's text is not the tagged document's, or its spans overlap or lie outside the text.
    """
    return score_spans(compare_records(gold, records, approximators))


def score_spans(compared: Sequence[Comparison]) -> dict[str, Any]:
    """Scores of the spans of at least one document.

    Returns:
        The strict scores ``precision, recall, f1, f1_interval, correct, predicted, support`` over all spans (micro),
        and ``per_label``, the same for each label that was tagged or predicted; under ``partial`` the partial ones in
        the same form; ``documents``, their number, and ``missing``, the ids of those without a record. An interval is
        two numbers (see :mod:`runspan.jobs.bootstrap`); resamples without a span of the label don't count for it.
    """
    labels = _labels_of(compared)
    counts = np.array([_count(comparison, labels) for comparison in compared], dtype=np.float64)
    counts = np.concatenate([counts, counts.sum(axis=1, keepdims=True)], axis=1)
    names = [*labels, _ALL]
    return {
        **_scores(names, counts, _STRICT),
        "partial": _scores(names, counts, _PARTIAL),
        "documents": len(compared),
        "missing": [comparison.document.id for comparison in compared if not comparison.has_record],
    }


def _labels_of(compared: Sequence[Comparison]) -> list[str]:
    """Labels that were tagged or predicted: the known ones in their order, then others by name."""
    found = {span.label for one in compared for span in (*one.document.spans, *one.predicted)}
    return [label for label in LABELS if label in found] + sorted(found.difference(LABELS))


def _count(comparison: Comparison, labels: Sequence[str]) -> Numbers:
    """Tagged, predicted, strictly and partially correct spans of one document, a row a label."""
    row = {label: index for index, label in enumerate(labels)}
    counts = np.zeros((len(labels), 4))
    for span in comparison.document.spans:
        counts[row[span.label], _TAGGED] += 1
    for span in comparison.predicted:
        counts[row[span.label], _PREDICTED] += 1
    for pair in pair_same_label(comparison.document.spans, comparison.predicted):
        counts[row[pair.tagged.label], _PARTIAL] += 1
        counts[row[pair.tagged.label], _STRICT] += pair.same_range
    return counts


def _scores(names: Sequence[str], counts: Numbers, correct: int) -> dict[str, Any]:
    """Scores by one of the two measures.

    Args:
        names: Labels, and last :data:`_ALL`.
        counts: Documents × names × what is counted.
        correct: The column of what counts as correct.
    """
    total, drawn = counts.sum(axis=0), bootstrap.resampled_sums(counts)
    scores = precision_recall_f1(total[:, correct], total[:, _PREDICTED], total[:, _TAGGED])
    f1 = share(2 * drawn[..., correct], drawn[..., _PREDICTED] + drawn[..., _TAGGED], empty=np.nan)
    rows = {
        name: {
            **{key: float(score[i]) for key, score in zip(("precision", "recall", "f1"), scores, strict=True)},
            "f1_interval": bootstrap.interval(f1[:, i]),
            "correct": int(total[i, correct]),
            "predicted": int(total[i, _PREDICTED]),
            "support": int(total[i, _TAGGED]),
        }
        for i, name in enumerate(names)
    }
    return {**rows.pop(_ALL), "per_label": rows}
