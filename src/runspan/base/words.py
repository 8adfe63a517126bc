"""Words with offsets: the units that a label stands on.

A word is a run of letters and digits, or one other character that is not white space. Two more cuts make boundaries
that real text needs: the multiplication sign of a count is a word of its own (``8x A100``, ``16xV100``, ``4x8``), and
so is every ideograph and kana, since those scripts are written without spaces. Two things are one word each, since no
label begins or ends within them: a web address, and a rule drawn with one sign (``-----``, ``.....``).
"""

from functools import lru_cache
from typing import NamedTuple

import regex


class Word(NamedTuple):
    """Half-open character range of one word."""

    start: int
    end: int


_IDEOGRAPH = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_INSIDE = r"\p{L}\p{N}\p{M}"  # a combining mark stays with its letter
_TIMES = rf"(?<=\d)[xX](?=[A-Z\d]|[a-z]{{1,4}}\d|(?![{_INSIDE}]))"
_ADDRESS = r"(?:https?://|www\.)[^\s\p{C}<>()\[\]{}\"'`|]*[\p{L}\p{N}\p{M}/]"
_RULE = r"([-=_.~#*•·–—])\g<1>{2,}"
_WORD = regex.compile(
    rf"{_ADDRESS}|{_RULE}|{_TIMES}|[{_IDEOGRAPH}]"
    rf"|[\p{{L}}\p{{N}}][{_INSIDE}]*?(?=[^{_INSIDE}]|[{_IDEOGRAPH}]|{_TIMES}|\Z)|[^\s\x1c-\x1f]"
)


@lru_cache(maxsize=4)  # one text is split for several rules in a row
def split_words(text: str) -> tuple[Word, ...]:
    """Words of a text with their offsets; every character that is not white space is in exactly one.

    >>> text = "8xA100-80G, 4x8 TPUv3-128 (~3 weeks)"
    >>> [text[start:end] for start, end in split_words(text)]
    ['8', 'x', 'A100', '-', '80G', ',', '4', 'x', '8', 'TPUv3', '-', '128', '(', '~', '3', 'weeks', ')']
    >>> [text[start:end] for text in ["p3.16xlarge", "GTX1080"] for start, end in split_words(text)]
    ['p3', '.', '16xlarge', 'GTX1080']
    >>> text = "|-----|[Foo](https://foo.org/a-1)"
    >>> [text[start:end] for start, end in split_words(text)]
    ['|', '-----', '|', '[', 'Foo', ']', '(', 'https://foo.org/a-1', ')']
    """
    return tuple([Word._make(match.span()) for match in _WORD.finditer(text)])
