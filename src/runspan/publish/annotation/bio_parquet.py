"""Parquet in the layout of token classification on the Hub: ``tokens`` and ``ner_tags``, a row a document.

Format: https://huggingface.co/docs/datasets/about_dataset_features (``ner_tags`` are ids of a ``ClassLabel``, whose
names stand in the file's schema). What we write has the columns of our BIO dataset (:mod:`runspan.modeling.dataset`),
whose ``id``, ``text`` and ``runs`` keep all but scores; the words of a file without texts are joined by spaces.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import ClassLabel, Features

from runspan.base.documents import Document
from runspan.base.errors import RunspanError
from runspan.base.labels import tag_names
from runspan.base.words import Word
from runspan.language import bio
from runspan.modeling.dataset import dataset_features, row_of
from runspan.publish.annotation.intake import ForeignSpan, Intake, Place
from runspan.publish.annotation.outgoing import Target, check, is_utf8, new_file

_NEEDED = ("tokens", "ner_tags")


def read(paths: Sequence[Path], intake: Intake) -> None:
    """Take in Parquet files, or folders of them (a saved BIO dataset)."""
    for path in paths:
        files = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
        if not files:
            raise RunspanError(f"{path}: no *.parquet in it")
        for file in files:
            _read_file(file, intake)


def _read_file(file: Path, intake: Intake) -> None:
    try:
        table = pq.read_table(file)
    except (OSError, pa.ArrowException) as error:
        intake.fault(Place(str(file)), f"can't be read ({error}); expected a Parquet file")
        return
    missing = [name for name in _NEEDED if name not in table.column_names]
    if missing:
        found = ", ".join(table.column_names)
        intake.fault(Place(str(file)), f"no column {' or '.join(missing)}, found {found}; expected tokens and ner_tags")
        return
    tags = _tag_names(table.schema)
    for number, row in enumerate(table.to_pylist(), start=1):
        _read_row(Place(str(file), item=f"row {number}"), row, tags, f"{file.stem}-{number}", intake)


def _tag_names(schema: pa.Schema) -> list[str] | None:
    """Names of the tags' ids; ``None`` where the schema has none."""
    if b"huggingface" not in (schema.metadata or {}):
        return None
    feature = getattr(Features.from_arrow_schema(schema)["ner_tags"], "feature", None)
    return list(feature.names) if isinstance(feature, ClassLabel) else None


def _read_row(place: Place, row: Mapping[str, Any], tags: Sequence[str] | None, id: str, intake: Intake) -> None:
    tokens, found = row["tokens"], row["ner_tags"]
    if not isinstance(found, list) or not _are_texts(tokens) or len(tokens) != len(found):
        intake.fault(place, "expected texts as tokens, and as many ner_tags")
        return
    names = [name for tag in found if (name := _name(tag, tags)) is not None]
    if len(names) != len(found):
        intake.fault(place, f"ner_tags that are no names of tags: {found[:5]} …; expected IOB2 names or a ClassLabel")
        return
    text = row["text"] if isinstance(row.get("text"), str) else " ".join(tokens)
    words = _place_words(text, tokens)
    if words is None:
        intake.fault(place, "its tokens are not its text, but for white space; expected the same characters")
        return
    intake.joined += not isinstance(row.get("text"), str)
    try:
        spans = bio.decode_tags(names, words)
    except ValueError as error:
        intake.fault(place, f"{error}; expected IOB2 tags, in which a span begins with B-")
        return
    runs = row.get("runs") or []
    if runs and len(runs) != len(spans):
        intake.fault(place, f"{len(runs)} runs and {len(spans)} spans; expected one a span")
        return
    padded = [*runs, *[None] * (len(spans) - len(runs))]
    foreign = [
        ForeignSpan(place.within(f"span {i}"), span.start, span.end, span.label, run=run)
        for i, (span, run) in enumerate(zip(spans, padded, strict=True), start=1)
    ]
    intake.take(place, str(row.get("id") or id), text, foreign)


def _are_texts(tokens: Any) -> bool:
    return isinstance(tokens, list) and all(isinstance(token, str) and token.strip() for token in tokens)


def _name(tag: Any, tags: Sequence[str] | None) -> str | None:
    if isinstance(tag, str):
        return tag
    return tags[tag] if tags is not None and isinstance(tag, int) and 0 <= tag < len(tags) else None


def _place_words(text: str, tokens: Sequence[str]) -> list[Word] | None:
    """Where tokens stand in their text, with nothing but white space between them; ``None`` where they don't."""
    words, cursor = [], 0
    for token in tokens:
        start = text.find(token, cursor)
        if start < 0 or text[cursor:start].strip():
            return None
        cursor = start + len(token)
        words.append(Word(start, cursor))
    return words if not text[cursor:].strip() else None


def write(documents: Sequence[Document], target: Target) -> Counter[str]:
    """Write one Parquet file. Scores are left out.

    Raises:
        FaultsError: Texts without a UTF-8 form.
        RunspanError: The file can't be written.
    """
    check(documents, is_utf8)
    names = tag_names(target.labels)
    rows = [row_of(document, names) for document in documents]
    with new_file(target.output) as path:
        pq.write_table(pa.Table.from_pylist(rows, schema=dataset_features(target.labels).arrow_schema), path)
    return Counter(scores=sum(span.score is not None for document in documents for span in document.spans))
