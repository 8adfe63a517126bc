"""Facts beside found ones: rows of tagged text with some tags left out, and what is added."""

import pytest

from runspan.language.completion import complete_facts
from runspan.language.markup import parse
from runspan.language.seeds import read_seeds

TABLE = """| Model | GPU | Hours |
|---|---|---|
| a | <gpu_count>4</gpu_count> <hardware>V100</hardware> | <training>6</training> |
| b | 8 V100 | <training>36</training> |
| c | <gpu_count>256</gpu_count> <hardware>A100</hardware> | 192 |
| d | - | n/a |
"""
ROWS = [
    ("on 8x <hardware>A100</hardware>", "gpu_count|8"),
    ("on 384 <hardware>A100’s</hardware>", "gpu_count|384"),
    ("fits 8-<hardware>A100-40G</hardware>", "gpu_count|8"),
    ("a single <hardware>V100</hardware>", "gpu_count|single"),
    ("<hardware>TPU v3</hardware>-128 |", "gpu_count|128"),
    ("<gpu_count>4</gpu_count> V100 | 6", "hardware|V100"),
    ("<gpu_count>8</gpu_count>x RTX3090.", "hardware|RTX3090"),
    ("Table 2.1 <hardware>V100</hardware>", ""),
    ("in 2019, <hardware>V100</hardware>", ""),
    ("<gpu_count>8</gpu_count> GPUs and 40 samples", ""),
    ("<gpu_count>4</gpu_count> nodes2 of", ""),
    (TABLE, "training|192"),
]


@pytest.mark.parametrize(("tagged", "expected"), ROWS)
def test_rows(tagged: str, expected: str) -> None:
    document = parse(tagged, "a").document
    added = [span for span in complete_facts(document).spans if span not in document.spans]
    assert " ".join(f"{span.label}|{document.surface(span)}" for span in added) == expected


def test_next_to_nothing_is_added_to_tagged_documents() -> None:
    documents = read_seeds(["data/seeds/cards", "data/seeds/several_runs"])
    added = sum(len(complete_facts(document).spans) - len(document.spans) for document in documents)
    assert added <= sum(len(document.spans) for document in documents) / 200
