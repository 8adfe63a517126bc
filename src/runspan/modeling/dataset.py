"""Documents → BIO dataset: one row a document, split by document, saved to disk and as Parquet."""

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from datasets import ClassLabel, Dataset, DatasetDict, Features, Value, load_from_disk
from datasets import Sequence as ListOf

from runspan.base.documents import Document
from runspan.base.errors import Fault, FaultsError, RunspanError
from runspan.base.labels import LABELS, labels_of, tag_names
from runspan.base.words import Word, split_words
from runspan.language import bio, markup
from runspan.modeling.splits import SPLITS, assign_splits

_WRITTEN = frozenset({*SPLITS, "parquet", "dataset_dict.json"})  # what stands in a dataset's folder


def dataset_features(labels: Sequence[str] = LABELS) -> Features:
    """Columns of the BIO dataset: a list item a word, and in ``runs`` one a span, the ``run="…"`` of its tag."""
    return Features(
        {
            "id": Value("string"),
            "text": Value("string"),
            "tokens": ListOf(Value("string")),
            "token_offsets": ListOf(ListOf(Value("int32"), length=2)),
            "ner_tags": ListOf(ClassLabel(names=tag_names(labels))),
            "runs": ListOf(Value("string")),
        }
    )


def build_dataset(documents: Sequence[Document], labels: Sequence[str] = LABELS, splits: bool = True) -> DatasetDict:
    """BIO dataset with the splits ``train``, ``validation`` and ``test``.

    Args:
        documents: Tagged documents.
        labels: Labels, in the order of the tags.
        splits: Whether documents are split; else all of them are in ``train``, the only one.

    Raises:
        FaultsError: Spans that words can't carry, all of them.
        RunspanError: Fewer than three documents that differ, to be split.
    """
    faults = [fault for document in documents for fault in _faults(document)]
    if faults:
        raise FaultsError(faults)
    split_of = assign_splits(documents) if splits else {document.id: "train" for document in documents}
    rows: dict[str, list[dict[str, Any]]] = {split: [] for split in SPLITS}
    for document in documents:
        rows[split_of[document.id]].append(row_of(document, tag_names(labels)))
    features = dataset_features(labels)
    return DatasetDict(
        {split: Dataset.from_list(rows[split], features=features) for split in SPLITS if splits or split == "train"}
    )


def _faults(document: Document) -> list[Fault]:
    return [
        Fault(document.source or document.id, *markup.locate(document, document.spans[i]), message)
        for i, message in bio.unrepresentable(document)
    ]


def row_of(document: Document, tags: Sequence[str]) -> dict[str, Any]:
    """The row of a document whose spans words can carry; the inverse of :func:`read_row`."""
    words = split_words(document.text)
    names = bio.encode_tags(document.spans, words)
    back = [(s.start, s.end, s.label) for s in bio.decode_tags(names, words)]
    if back != [(s.start, s.end, s.label) for s in document.spans]:
        raise AssertionError(f"{document.id}: spans changed on their way through BIO tags")
    return {
        "id": document.id,
        "text": document.text,
        "tokens": [document.text[start:end] for start, end in words],
        "token_offsets": [list(word) for word in words],
        "ner_tags": [tags.index(name) for name in names],
        "runs": [span.run for span in document.spans],
    }


def read_row(row: dict[str, Any], tags: Sequence[str]) -> Document:
    """The document of a dataset row; spans come back exactly."""
    words = [Word(start, end) for start, end in row["token_offsets"]]
    spans = bio.decode_tags([tags[i] for i in row["ner_tags"]], words)
    return Document(
        row["id"], row["text"], tuple(replace(s, run=run) for s, run in zip(spans, row["runs"], strict=True))
    )


def dataset_tags(dataset: DatasetDict) -> list[str]:
    """IOB2 tag names of a dataset, in order of their ids."""
    return list(dataset["train"].features["ner_tags"].feature.names)


def data_hash(documents: Iterable[Document]) -> str:
    """sha256 over the ids and tagged texts of documents, in order of id."""
    digest = hashlib.sha256()
    for document in sorted(documents, key=lambda d: d.id):
        digest.update(json.dumps([document.id, markup.write(document)]).encode())
    return digest.hexdigest()


def save_dataset(dataset: DatasetDict, folder: Path) -> None:
    """Write a dataset to ``folder``, with a Parquet file a split in ``folder/parquet``; replaces an earlier one.

    Raises:
        RunspanError: As :func:`check_dataset_dir`, or the folder can't be written.
    """
    check_dataset_dir(folder)
    partial = folder.with_name(folder.name + ".partial")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        dataset.save_to_disk(partial)
        (partial / "parquet").mkdir()
        for split, rows in dataset.items():
            rows.to_parquet(partial / "parquet" / f"{split}.parquet")
        if folder.is_dir():
            shutil.rmtree(folder)
        partial.rename(folder)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise RunspanError(f"{folder}: can't be written ({error.strerror or error})") from error


def check_dataset_dir(folder: Path) -> None:
    """Make sure that nothing but an earlier dataset would be replaced.

    Raises:
        RunspanError: The folder holds something else, or is no folder.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise RunspanError(f"{folder}: is no folder; expected a folder for dataset_dir")
    foreign = {path.name for path in folder.iterdir()} - _WRITTEN if folder.is_dir() else set()
    if foreign:
        raise RunspanError(
            f"{folder}: holds {sorted(foreign)[0]!r}, which is no part of a dataset, so it is not replaced; "
            "give another --dataset_dir"
        )


def load_dataset(folder: Path) -> DatasetDict:
    """A dataset that :func:`save_dataset` wrote.

    Raises:
        RunspanError: There is none in the folder, or it lacks a split or a column.
    """
    try:
        dataset = load_from_disk(str(folder))
    except FileNotFoundError as error:
        raise RunspanError(f"{folder}: no saved dataset; expected one written by `runspan dataset`") from error
    if not isinstance(dataset, DatasetDict) or not set(SPLITS) <= set(dataset):
        raise RunspanError(f"{folder}: expected the splits {', '.join(SPLITS)}; write it with `runspan dataset`")
    missing = set(dataset_features()) - set(dataset["train"].features)
    if missing:
        raise RunspanError(f"{folder}: lacks the column(s) {', '.join(sorted(missing))}")
    return dataset


@dataclass(frozen=True, slots=True)
class SplitSummary:
    """What one split holds. Lengths are in words."""

    documents: int
    without_entities: int
    words: int
    entities: dict[str, int]
    longest_entity: dict[str, int]


def summarize(dataset: DatasetDict) -> dict[str, SplitSummary]:
    """Documents, words and entities of each split."""
    tags = dataset_tags(dataset)
    labels = labels_of(tags)
    return {split: _summarize_split(rows, tags, labels) for split, rows in dataset.items()}


def _summarize_split(rows: Dataset, tags: Sequence[str], labels: Sequence[str]) -> SplitSummary:
    entities, longest = Counter(dict.fromkeys(labels, 0)), Counter(dict.fromkeys(labels, 0))
    empty = words = 0
    for row in rows:
        names = [tags[i] for i in row["ner_tags"]]
        words += len(names)
        begins = [i for i, name in enumerate(names) if name.startswith("B-")]
        empty += not begins
        for start, stop in pairwise([*begins, len(names)]):
            label = names[start][2:]
            length = next((i for i in range(start + 1, stop) if names[i] != f"I-{label}"), stop) - start
            entities[label] += 1
            longest[label] = max(longest[label], length)
    return SplitSummary(len(rows), empty, words, dict(entities), dict(longest))
