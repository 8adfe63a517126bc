"""Inline markup: faults as rows, and that parsing and writing are inverse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runspan.base.documents import Document
from runspan.language.markup import locate, parse, write

FAULTS = [
    ("a\nb <params>7B</hardware>", ["2:13: </hardware> closes <params>, opened at 2:3: write </params>"]),
    ("<params>7B", ["1:1: <params> is never closed: write </params> after the value"]),
    ("7B</params>", ["1:3: </params> closes nothing: write <params> before the value, or take it out"]),
    (
        "<params>7B <year>2020</year></params>",
        [
            "1:12: <year> opens inside <params>, opened at 1:1: tags never nest",
            "1:22: </year> closes <params>, opened at 1:1: write </params>",
            "1:29: </params> closes nothing: write <params> before the value, or take it out",
        ],
    ),
    ("<year></year>", ["1:1: <year> holds no text: tag the value's characters, or take the tags out"]),
    ("<year>2020 </year>", ["1:1: <year> holds '2020 ': move the white space outside of the tags"]),
    (
        '<year run="two">2020</year>',
        ['1:1: found <year run="two">, expected <year run="2">, "1,2" or "*"'],
    ),
    ('<year run="0">2020</year>', ['1:1: found <year run="0">, expected <year run="2">, "1,2" or "*"']),
    ('<year>2020</year run="1">', ['1:11: found </year run="1">, expected </year>']),
    ("a\r\nb\r\n</year>", ["3:1: </year> closes nothing: write <year> before the value, or take it out"]),
]


@pytest.mark.parametrize(("tagged", "messages"), FAULTS)
def test_faults(tagged: str, messages: list[str]) -> None:
    assert [str(fault) for fault in parse(tagged, source="f").faults] == [f"f:{message}" for message in messages]


def test_all_faults_of_a_file_at_once() -> None:
    faults = parse("</year>\n<params> 7B</params>\n<model>x", source="f").faults
    assert [(fault.line, fault.column) for fault in faults] == [(1, 1), (2, 1), (3, 1)]


@pytest.mark.parametrize(
    "text", ["x < y > z", "<b>bold</b>", "<script>alert(1)</script>", '<country code="FR">', "<Params>", "<params >"]
)
def test_any_other_tag_is_text(text: str) -> None:
    document, faults, _ = parse(text)
    assert (document.text, document.spans, faults) == (text, (), [])


def test_only_configured_labels_are_tags() -> None:
    document, faults, _ = parse("<year>2020</year> <cost>5</cost>", labels=["cost"])
    assert document.text == "<year>2020</year> 5"
    assert [span.label for span in document.spans] == ["cost"]
    assert not faults


pieces = st.lists(
    st.tuples(
        st.text(st.characters(codec="utf-8")).filter(lambda t: "<" not in t),
        st.sampled_from(["year", "params", "model"]),
        st.sampled_from(["", ' run="1"', ' run="1,12"', ' run="*"']),
        st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda t: t == t.strip() and "<" not in t),
    )
)


@given(pieces)
def test_round_trip(parts: list[tuple[str, str, str, str]]) -> None:
    tagged = "".join(f"{text}<{label}{run}>{surface}</{label}>" for text, label, run, surface in parts)
    document, faults, _ = parse(tagged)
    assert not faults
    assert write(document) == tagged
    assert [document.surface(span) for span in document.spans] == [surface for *_, surface in parts]


def test_locate_counts_the_tags_before() -> None:
    document, _, _ = parse("a\n<year>2020</year> <params>7B</params>")
    assert [locate(document, span) for span in document.spans] == [(2, 1), (2, 19)]


def test_document_runs() -> None:
    document, _, _ = parse('<params run="2,3">7B</params> <year run="*">2020</year>')
    assert document.run_numbers() == [2, 3]
    assert Document("a", "").run_numbers() == [1]
