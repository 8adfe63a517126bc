"""The list of wrong spans: what it counts, in which order, and that no text breaks its tables."""

import re
from pathlib import Path

import pytest

from runspan.base.documents import Document, Span
from runspan.base.errors import RunspanError
from runspan.jobs.comparison import Comparison
from runspan.jobs.span_errors import find_errors
from runspan.publish.error_list import CONTEXT, error_list, escape, in_context, write_error_list

TEXT = "Foo 7B ran on 8 GPUs for about 3 days in 2020."


def page(*comparisons: Comparison) -> str:
    return error_list(find_errors(comparisons))


def test_each_kind() -> None:
    tagged = (Span(4, 6, "params"), Span(14, 15, "gpu_count"), Span(25, 37, "training"), Span(41, 45, "year"))
    predicted = (Span(0, 3, "model"), Span(4, 6, "params"), Span(14, 15, "year"), Span(31, 37, "training"))
    lines = page(Comparison(Document("a", TEXT, tagged), predicted)).splitlines()
    rows = [line for line in lines if line.startswith("| a |")]
    assert rows == [
        "| a | year 41–45 |  | Foo 7B ran on 8 GPUs for about 3 days in ⟦2020⟧. |",
        "| a |  | model 0–3 | ⟨Foo⟩ 7B ran on 8 GPUs for about 3 days in 2020. |",
        "| a | gpu\\_count 14–15 | year 14–15 | Foo 7B ran on ⟦⟨8⟩⟧ GPUs for about 3 days in 2020. |",
        "| a | training 25–37 | training 31–37 | Foo 7B ran on 8 GPUs for ⟦about ⟨3 days⟩⟧ in 2020. |",
    ]
    headings = [line for line in lines if line.startswith("## ")]
    assert headings == ["## Missed (1)", "## Spurious (1)", "## Wrong label (1)", "## Wrong boundary (1)"]


def test_counts_stand_at_the_top() -> None:
    missed = [Comparison(Document(id, TEXT, (Span(4, 6, "params"), Span(41, 45, "year")))) for id in "ba"]
    top, *sections = page(*missed).split("\n## ")
    counts = re.findall(r"^\| (missed|spurious|wrong label|wrong boundary|all) \| (\d+) \|", top, re.MULTILINE)
    assert counts == [("missed", "4"), ("spurious", "0"), ("wrong label", "0"), ("wrong boundary", "0"), ("all", "4")]
    assert len(sections) == 1
    assert re.findall(r"^\| (\w) \| \w+ (\d+)–", sections[0], re.MULTILINE) == [
        ("a", "4"),
        ("a", "41"),
        ("b", "4"),
        ("b", "41"),
    ]


def test_nothing_wrong() -> None:
    assert "| all | 0 |" in page(Comparison(Document("a", TEXT)))


def contexts(text: str, tagged: list[Span], predicted: list[Span]) -> list[str]:
    compared = Comparison(Document("a", text, tuple(tagged)), tuple(predicted))
    return [in_context(error) for error in find_errors([compared])]


CONTEXTS = [  # tagged, predicted, marked
    ([Span(2, 4, "year")], [Span(2, 4, "model")], "01⟦⟨23⟩⟧456789"),
    ([Span(2, 6, "year")], [Span(3, 5, "year")], "01⟦2⟨34⟩5⟧6789"),
    ([Span(3, 5, "year")], [Span(2, 6, "year")], "01⟨2⟦34⟧5⟩6789"),
    ([Span(2, 5, "year")], [Span(3, 7, "year")], "01⟦2⟨34⟧56⟩789"),
    ([Span(0, 3, "year")], [Span(0, 10, "year")], "⟦⟨012⟧3456789⟩"),
]


@pytest.mark.parametrize(("tagged", "predicted", "marked"), CONTEXTS)
def test_marks(tagged: list[Span], predicted: list[Span], marked: str) -> None:
    assert contexts("0123456789", tagged, predicted) == [marked]


def test_context_is_cut() -> None:
    text = "a" * 100 + "2020" + "b" * 100
    assert contexts(text, [Span(100, 104, "year")], []) == [f"…{'a' * CONTEXT}⟦2020⟧{'b' * CONTEXT}…"]
    assert contexts(text[40:164], [Span(60, 64, "year")], []) == [f"{'a' * CONTEXT}⟦2020⟧{'b' * CONTEXT}"]


ESCAPED = [
    ("plain text, 3.5 (x) #1 — é", "plain text, 3.5 (x) #1 — é"),
    ("a|b", r"a\|b"),
    ("a\n\n| b |\r\n\tc", r"a \| b \| c"),
    ("**b** _i_ `c` ~~s~~", r"\*\*b\*\* \_i\_ \`c\` \~\~s\~\~"),
    ("[x](y) ![z]", r"\[x\](y) !\[z\]"),
    ("<b>&amp;$x$\\", r"\<b\>\&amp;\$x\$\\"),
    ("a\x00b\u202ec\ud800", "a�b�c�"),
]


@pytest.mark.parametrize(("text", "escaped"), ESCAPED)
def test_escape(text: str, escaped: str) -> None:
    assert escape(text) == escaped


def test_no_text_breaks_a_table(tmp_path: Path) -> None:
    text = "x | y\n| --- |\n`2020` |\u2028 \udcff end"
    document = Document("a|b\udcff", text, (Span(15, 19, "year"),))
    file = tmp_path / "new" / "errors.md"
    write_error_list(file, find_errors([Comparison(document)]))
    (row,) = [line for line in file.read_text(encoding="utf-8").splitlines() if "2020" in line]
    assert row == "| a\\|b� | year 15–19 |  | x \\| y \\| --- \\| \\`⟦2020⟧\\` \\| � end |"


def test_file_that_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunspanError, match=r"errors\.md: can't be written"):
        write_error_list(tmp_path / "file" / "errors.md", [])
