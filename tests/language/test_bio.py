"""Spans ↔ BIO: lossless, and faults where words can't carry a span."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runspan.base.documents import Document, Span
from runspan.base.labels import LABELS
from runspan.base.words import Word, split_words
from runspan.language.bio import decode_tags, encode_tags, unrepresentable


@st.composite
def tagged_documents(draw: st.DrawFn) -> Document:
    text = draw(st.text(st.sampled_from("ab1x-. \n\r\u200b\u0301é東👩🏽‍🔬"), max_size=60))
    words = split_words(text)
    cuts = sorted(draw(st.sets(st.integers(0, len(words)), max_size=8)))
    spans = []
    for first, last in itertools.pairwise(cuts):
        if draw(st.booleans()):
            spans.append(Span(words[first].start, words[last - 1].end, draw(st.sampled_from(LABELS))))
    return Document("d", text, tuple(spans))


@given(tagged_documents())
def test_round_trip(document: Document) -> None:
    words = split_words(document.text)
    assert decode_tags(encode_tags(document.spans, words), words) == list(document.spans)
    assert unrepresentable(document) == []


def test_adjacent_spans_of_one_label_stay_apart() -> None:
    words = [Word(0, 1), Word(1, 2)]
    spans = [Span(0, 1, "year"), Span(1, 2, "year")]
    assert encode_tags(spans, words) == ["B-year", "B-year"]
    assert decode_tags(["B-year", "B-year"], words) == spans


@pytest.mark.parametrize("tags", [["I-year"], ["O", "I-year"], ["B-model", "I-year"]])
def test_illegal_tags_are_refused(tags: list[str]) -> None:
    with pytest.raises(ValueError, match="continues no span"):
        decode_tags(tags, [Word(i, i + 1) for i in range(len(tags))])


@pytest.mark.parametrize(
    ("text", "span", "message"),
    [
        ("on A100s", Span(3, 7, "hardware"), "ends inside the word 'A100s'"),
        ("on A100s", Span(4, 8, "hardware"), "begins inside the word 'A100s'"),
        ("on  A", Span(3, 5, "hardware"), "begins in white space"),
    ],
)
def test_unrepresentable(text: str, span: Span, message: str) -> None:
    ((index, found),) = unrepresentable(Document("d", text, (span,)))
    assert index == 0
    assert message in found


def test_overlap_is_a_fault() -> None:
    ((index, found),) = unrepresentable(Document("d", "a b c", (Span(0, 3, "year"), Span(2, 5, "model"))))
    assert index == 1
    assert "overlaps the span before it" in found
