"""Words: their boundaries, and that no character is lost."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runspan.base.words import split_words

ROWS = [
    ("8x A100", "8|x|A100"),
    ("8xA100-80G 16xV100 8xh100", "8|x|A100|-|80G|16|x|V100|8|x|h100"),
    ("4x8 32 x 8 10x10x3", "4|x|8|32|x|8|10|x|10|x|3"),
    ("p3.16xlarge 1080ti RTX3090x4", "p3|.|16xlarge|1080ti|RTX3090|x|4"),
    ("39.3**M GPU hours", "39|.|3|*|*|M|GPU|hours"),
    ("TPUv3-128 (~3 weeks)", "TPUv3|-|128|(|~|3|weeks|)"),
    ("cafe\u0301 भारत", "cafe\u0301|भारत"),
    ("東京大学abc", "東|京|大|学|abc"),
    (":-----: --- -- .... -=-", ":|-----|:|---|-|-|....|-|=|-"),
    ("[Foo](https://foo.org/a-1_b?c=d), www.foo.org.", "[|Foo|]|(|https://foo.org/a-1_b?c=d|)|,|www.foo.org|."),
    ("http:// **https://a.b/c** www", "http|:|/|/|*|*|https://a.b/c|*|*|www"),
    ("a\u200bb\r\nc\u00a0d", "a|\u200b|b|c|d"),
]


@pytest.mark.parametrize(("text", "expected"), ROWS)
def test_rows(text: str, expected: str) -> None:
    assert [text[start:end] for start, end in split_words(text)] == expected.split("|")


@given(st.text())
def test_every_visible_character_is_in_exactly_one_word(text: str) -> None:
    words = split_words(text)
    inside = [i for start, end in words for i in range(start, end)]
    assert inside == sorted(set(inside))
    assert all(text[i].isspace() for i in set(range(len(text))) - set(inside))
    assert not any(text[i].isspace() for i in inside)


@pytest.mark.parametrize("text", ["x1" * 150_000, "a" * 300_000, "\u0301" * 300_000, "1" * 300_000])
def test_linear_time(text: str) -> None:
    started = time.process_time()
    split_words(text)
    assert time.process_time() - started < 5
