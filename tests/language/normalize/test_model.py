"""Names of models: rows of (surface, expected)."""

import pytest

from runspan.base.values import Name
from runspan.language.normalize import normalize

NAMES = [
    ("**GEN-θ**", "GEN-θ"),
    ("Signpost-\nNet", "Signpost-Net"),
    ("coca_ViT-L-14", "coca_ViT-L-14"),
    ("`Llama 2\n 7B`", "Llama 2 7B"),
    ("\\_foo\\_", "foo"),
    ("Qwen2.5&nbsp;7B", "Qwen2.5 7B"),
    ("", None),
    ("**", None),
    ("x" * 301, None),
]


@pytest.mark.parametrize(("text", "expected"), NAMES)
def test_model(text: str, expected: str | None) -> None:
    assert normalize("model", text) == Name(expected)
