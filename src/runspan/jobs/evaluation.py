"""Predictors and documents scored as training scores them: strict entity-level scores over words.

Records, which need no model, are scored by :mod:`runspan.jobs.span_scores` and :mod:`runspan.jobs.field_scores`.
"""

from collections.abc import Sequence
from typing import Any

from datasets import Dataset

from runspan.base.documents import Document
from runspan.base.words import split_words
from runspan.jobs.prediction import Predictor
from runspan.jobs.span_scores import score_records
from runspan.language.bio import encode_tags
from runspan.modeling.dataset import read_row
from runspan.modeling.metrics import strict_scores

__all__ = ["score_documents", "score_records", "score_split"]


def score_split(predictor: Predictor, rows: Dataset) -> dict[str, Any]:
    """Strict scores of a predictor on the documents of a dataset split, as :func:`strict_scores` gives them."""
    tags = list(rows.features["ner_tags"].feature.names)
    gold = [read_row(row, tags) for row in rows]
    return score_documents(gold, predictor.predict_spans(gold))


def score_documents(gold: Sequence[Document], predicted: Sequence[Document]) -> dict[str, Any]:
    """Strict scores of predicted documents against tagged ones with the same texts, in the same order."""
    words = [split_words(document.text) for document in gold]
    return strict_scores(
        [encode_tags(document.spans, w) for document, w in zip(gold, words, strict=True)],
        [encode_tags(document.spans, w) for document, w in zip(predicted, words, strict=True)],
    )
