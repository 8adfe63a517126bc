"""Entity-level precision, recall and F1, as seqeval defines them in strict mode over IOB2."""

from collections.abc import Sequence
from typing import Any

from seqeval.metrics import classification_report
from seqeval.scheme import IOB2

from runspan.base.labels import OUTSIDE


def strict_scores(gold: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Strict scores of tag sequences, one sequence a document.

    Both of seqeval's settings are needed: with either alone an illegal ``I-`` start counts as correct.

    Returns:
        ``precision, recall, f1, support`` over all entities (micro), and ``per_label``, the same for each label.

    >>> scores = strict_scores([["B-year", "O", "B-params", "I-params"]], [["B-year", "O", "I-params", "I-params"]])
    >>> scores["f1"], scores["per_label"]["params"]["f1"]
    (0.6666666666666666, 0.0)
    """
    if all(tag == OUTSIDE for tags in (*gold, *predicted) for tag in tags):  # seqeval averages over no label then
        return {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 0, "per_label": {}}
    report = classification_report(
        list(map(list, gold)), list(map(list, predicted)), mode="strict", scheme=IOB2, output_dict=True, zero_division=0
    )
    rows = {name: _row(row) for name, row in report.items() if not name.endswith(" avg")}
    return {**_row(report["micro avg"]), "per_label": rows}


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "precision": float(row["precision"]),
        "recall": float(row["recall"]),
        "f1": float(row["f1-score"]),
        "support": int(row["support"]),
    }
