"""The examples of docs/annotation.md are what is written."""

import json
import re
from pathlib import Path

import pytest

from runspan.language.markup import parse
from runspan.publish.annotation.formats import FORMATS, SOURCES
from runspan.publish.annotation.outgoing import Target
from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "annotation.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"```(?:json|text) ([^\n]+)\n(.*?)```", PAGE, re.DOTALL))
DOCUMENT = parse(EXAMPLES["seeds"], "cards/001").document


@pytest.mark.parametrize("title", EXAMPLES)
def test_examples(title: str, tmp_path: Path) -> None:
    name, *options = title.split()
    output = tmp_path / "out"
    FORMATS[name].codec().write([DOCUMENT], Target(output, lossless=bool(options)))
    path = {"seeds": output / "cards" / "001.txt", "brat": output / "cards" / "001.ann"}.get(name, output)
    written = path.read_text(encoding="utf-8")
    if name in ("labelstudio", "doccano", "prodigy"):
        assert json.loads(EXAMPLES[title]) == json.loads(written)
    else:
        assert EXAMPLES[title] == written


def test_every_format_has_its_row() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == list(SOURCES)
