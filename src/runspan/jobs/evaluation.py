"""Documents scored as training scores them: strict entity-level scores over words.

Records, which need no model, are scored by :mod:`runspan.jobs.span_scores` and :mod:`runspan.jobs.field_scores`.
"""

from collections.abc import Sequence
from typing import Any

from datasets import Dataset

from runspan.base.documents import Document
from runspan.base.words import split_words
from runspan.jobs.span_scores import score_records
from runspan.language.bio import encode_tags
from runspan.modeling.dataset import read_row
from runspan.modeling.metrics import strict_scores

__all__ = ["read_split", "score_documents", "score_records"]


def read_split(rows: Dataset) -> list[Document]:
    """The tagged documents of a dataset split."""
    tags = list(rows.features["ner_tags"].feature.names)
    return [read_row(row, tags) for row in rows]


def score_documents(gold: Sequence[Document], predicted: Sequence[Document]) -> dict[str, Any]:
    """Strict scores of predicted documents against tagged ones with the same texts, in the same order."""
    words = [split_words(document.text) for document in gold]
    return strict_scores(
        [encode_tags(document.spans, w) for document, w in zip(gold, words, strict=True)],
        [encode_tags(document.spans, w) for document, w in zip(predicted, words, strict=True)],
    )
