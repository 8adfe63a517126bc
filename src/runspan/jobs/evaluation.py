"""Predicted spans against tagged ones: strict entity-level scores."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from datasets import Dataset

from runspan.base.documents import Document, Span
from runspan.base.errors import RunspanError
from runspan.base.records import text_sha256
from runspan.base.words import split_words
from runspan.jobs.prediction import Predictor
from runspan.language.bio import encode_tags, unrepresentable
from runspan.modeling.dataset import read_row
from runspan.modeling.metrics import strict_scores


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


def score_records(gold: Sequence[Document], records: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Strict scores of records against tagged documents, matched by id.

    A document without a record counts as one in which nothing was found; such ids are listed under ``missing``.

    Raises:
        RunspanError: A record's text is not the tagged document's, or one of its spans is not on words.
    """
    by_id = {record["id"]: record for record in records}
    predicted = [_predicted(document, by_id.get(document.id)) for document in gold]
    missing = [document.id for document in gold if document.id not in by_id]
    return score_documents(gold, predicted) | {"documents": len(gold), "missing": missing}


def _predicted(document: Document, record: Mapping[str, Any] | None) -> Document:
    if record is None or record["error"] is not None:
        return Document(document.id, document.text)
    if record["sha256"] != text_sha256(document.text):
        raise RunspanError(
            f"{document.source}: its text without tags is not the one that the record {document.id!r} was made from "
            "(sha256 differs); run infer.py on these documents without their tags"
        )
    spans = tuple(Span(span["start"], span["end"], span["label"], span["score"]) for span in record["spans"])
    predicted = Document(document.id, document.text, spans, document.source)
    for _, fault in unrepresentable(predicted):
        raise RunspanError(f"record {document.id!r}: {fault}")
    return predicted
