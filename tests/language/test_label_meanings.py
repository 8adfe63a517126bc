"""The table of what labels mean: of every label, and word for word what the datasheet says."""

import re

from runspan.base.labels import LABELS
from runspan.language.label_meanings import label_meanings
from tests.conftest import REPOSITORY


def test_every_label_has_its_meaning() -> None:
    assert tuple(label_meanings()) == LABELS
    assert all(meaning.fact and meaning.span for meaning in label_meanings().values())


def test_the_datasheet_says_the_same() -> None:
    text = (REPOSITORY / "data" / "README.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \| (.+?) \| [\d,]+ \| [\d,]+ \|$", text, re.MULTILINE))
    assert {label: told[label] for label in LABELS} == {
        label: meaning.span for label, meaning in label_meanings().items()
    }
