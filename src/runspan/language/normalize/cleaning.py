"""Text of a span → the same text without markup, on one line.

Spans come from Markdown, HTML, LaTeX and PDF extractions, so emphasis marks, tags, line breaks and invisible characters
can stand inside a value. Every step is linear in the length of the text.
"""

import html
import re
import unicodedata
from functools import cache

from runspan.language.normalize.tables import read_table

MAX_CHARS = 300  # a longer surface states no single value

_TAG = re.compile(r"</?(?:b|i|u|em|strong|code|span|small|sub|sup|br|font|mark|tt)[ \t]*/?>", re.IGNORECASE)
_POWER_TAG = re.compile(r"<sup>[ \t]*(?=[+\u2212-]?\d)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,9}|#[0-9]{1,6}|#[xX][0-9a-fA-F]{1,5});")
_BROKEN_WORD = re.compile(r"(?<=[a-z])-[ \t]*\r?\n[ \t]*(?=[a-z])")
_BROKEN_AT_HYPHEN = re.compile(r"(?<=\w)-[ \t]*\r?\n[ \t]*(?=\w)")
_POWER_STARS = re.compile(r"(?<=\d)\*\*(?=-?\d)")
_TIMES_STAR = re.compile(r"(?<=\d)([ \t]?)\\?\*([ \t]?)(?=\d)")
_SPACED_STAR = re.compile(r"(?<=\w) \\?\* (?=\w)")  # no emphasis has spaces on both sides
_EDGE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_ESCAPE = re.compile(r"\\(?=[_*~`#+.()\[\]|<>-])")
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"
_SUPERSCRIPT = re.compile(f"[{_SUPERSCRIPTS}]+")
_PLAIN_DIGITS = str.maketrans(_SUPERSCRIPTS, "0123456789+-")


def clean(text: str) -> str:
    r"""Drop markup marks and invisible characters, join broken words, fold white space. Too long a text gives ``""``.

    >>> clean("39.3**M GPU hours"), clean("*GEN*-`θ`"), clean("TPU\nv2's"), clean("1.9 mil-\nlion")
    ('39.3M GPU hours', 'GEN-θ', "TPU v2's", '1.9 million')
    >>> clean("coca_ViT-L-14"), clean("_Signpost-\nNet_"), clean("4 * 8"), clean("10<sup>9</sup>&nbsp;params")
    ('coca_ViT-L-14', 'Signpost-Net', '4 × 8', '10^9 params')
    """
    text = text.translate(_invisible())
    text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), _POWER_TAG.sub("^", text))
    text = _TAG.sub(lambda tag: " " if "br" in tag[0].lower() else "", text)
    text = _BROKEN_AT_HYPHEN.sub("-", _BROKEN_WORD.sub("", text))
    text = _SPACED_STAR.sub(" × ", _TIMES_STAR.sub(r"\1×\2", _POWER_STARS.sub("^", text)))
    text = _ESCAPE.sub("", text).replace("*", "").replace("`", "")
    return _capped(_EDGE_UNDERSCORE.sub("", text))


def fold(text: str) -> str:
    r"""Clean, then write LaTeX, superscripts, fractions, dashes, quotes and signs in one plain form; case is kept.

    >>> fold("$1.3 \\times 10^{9}$"), fold("10⁹"), fold("5½ hours"), fold("7B–70B"), fold("≈ 30k")
    ('1.3 × 10^9', '10^9', '5 1⁄2 hours', '7B-70B', '~ 30k')
    """
    text = clean(text)
    for command, folded in _latex():
        text = text.replace(command, folded)
    if text.count("$") % 2 == 0:  # one sign alone is a price
        text = text.replace("$", "")
    text = _SUPERSCRIPT.sub(lambda power: "^" + power[0].translate(_PLAIN_DIGITS), text)
    text = "".join(map(_spell_fraction, text)).translate(_folded())
    return _capped(unicodedata.normalize("NFKC", text).translate(_folded()))


def _capped(text: str) -> str:
    """One line, or nothing where the text is too long to state one value."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_CHARS else ""


def _spell_fraction(character: str) -> str:
    """A vulgar fraction as digits with a space before, so that ``5½`` does not become ``51/2``."""
    if unicodedata.numeric(character, 0) == 0 or not unicodedata.decomposition(character).startswith("<fraction>"):
        return character
    return " " + unicodedata.normalize("NFKC", character)


@cache
def _latex() -> list[tuple[str, str]]:
    """Commands and what they stand for, longest first, so that one is not taken for the start of another."""
    return sorted(((row["command"], row["folded"]) for row in read_table("latex")), key=lambda pair: -len(pair[0]))


@cache
def _invisible() -> dict[int, None]:
    return {int(row["code"], 16): None for row in read_table("invisible")}


@cache
def _folded() -> dict[int, str]:
    return {int(row["code"], 16): row["folded"] for row in read_table("characters")}
