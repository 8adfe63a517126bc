"""The BIO dataset: lossless, split by document, saved and loaded as it was."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from runspan.base.documents import Document, Span
from runspan.base.errors import FaultsError, RunspanError
from runspan.language.seeds import read_seeds
from runspan.modeling.dataset import (
    build_dataset,
    data_hash,
    dataset_tags,
    load_dataset,
    read_row,
    save_dataset,
    summarize,
)
from runspan.modeling.splits import SPLITS, assign_splits
from tests.conftest import REPOSITORY


def documents(n: int) -> list[Document]:
    texts = [f"Document number {i} tells of {i * 7} GPUs and {'very ' * i}little else" for i in range(n)]
    return [
        Document(f"d{i}", text, (Span(text.index(" GPUs") - len(str(i * 7)), text.index(" GPUs"), "gpu_count"),))
        for i, text in enumerate(texts)
    ]


def test_the_corpus_comes_back_from_disk(tmp_path: Path) -> None:
    corpus = read_seeds([REPOSITORY / "data" / "seeds" / "articles"])
    save_dataset(build_dataset(corpus), tmp_path / "dataset")
    dataset = load_dataset(tmp_path / "dataset")
    back = {row["id"]: read_row(row, dataset_tags(dataset)) for split in SPLITS for row in dataset[split]}
    assert set(back) == {document.id for document in corpus}
    for document in corpus:
        assert back[document.id].text == document.text
        spans = [(s.start, s.end, s.label) for s in back[document.id].spans]
        assert spans == [(s.start, s.end, s.label) for s in document.spans]
    for split in SPLITS:
        table = pq.read_table(tmp_path / "dataset" / "parquet" / f"{split}.parquet")
        assert table.column_names == ["id", "text", "tokens", "token_offsets", "ner_tags", "runs"]
        assert table.num_rows == len(dataset[split])


def test_splits_are_stable_and_keep_near_duplicates_together() -> None:
    many = [Document(f"d{i}", " ".join(f"w{i}x{j}" for j in range(30))) for i in range(200)]
    copies = [Document(f"copy{i}", d.text + " and more") for i, d in enumerate(many[:50])]
    alone = assign_splits(many)
    together = assign_splits([*many, *copies])
    assert all(together[f"copy{i}"] == together[f"d{i}"] for i in range(50))
    assert all(alone[f"d{i}"] == together[f"d{i}"] for i in range(50, 200))
    assert {split: list(alone.values()).count(split) > 5 for split in SPLITS} == dict.fromkeys(SPLITS, True)


@pytest.mark.parametrize("n", [3, 4, 5, 8])
def test_no_split_is_empty(n: int) -> None:
    assert set(assign_splits(documents(n)).values()) == set(SPLITS)


def test_too_few_documents() -> None:
    with pytest.raises(RunspanError, match=r"found 2 document\(s\) that differ"):
        assign_splits(documents(2))


def test_spans_that_words_cannot_carry_stop_with_a_list() -> None:
    bad = [Document(f"b{i}", "x A100s", (Span(2, 6, "hardware"),)) for i in range(2)]
    with pytest.raises(FaultsError) as caught:
        build_dataset([*documents(5), *bad])
    assert [fault.source for fault in caught.value.faults] == ["b0", "b1"]


def test_summary_counts() -> None:
    text = "on 2 TPU v3 chips"
    extra = Document("e", text, (Span(3, 4, "gpu_count"), Span(5, 17, "hardware")))
    parts = summarize(build_dataset([*documents(6), extra, Document("empty", "nothing here at all")])).values()
    assert sum(part.documents for part in parts) == 8
    assert sum(part.without_entities for part in parts) == 1
    assert sum(part.entities["gpu_count"] for part in parts) == 7
    assert max(part.longest_entity["hardware"] for part in parts) == 3


def test_data_hash_sees_tags_and_not_order() -> None:
    docs = documents(3)
    assert data_hash(docs) == data_hash(docs[::-1])
    assert data_hash(docs) != data_hash([Document(d.id, d.text) for d in docs])


def test_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(RunspanError, match="no saved dataset"):
        load_dataset(tmp_path)
