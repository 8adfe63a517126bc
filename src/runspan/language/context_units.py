"""Bare numbers with the unit that their context states: ``Hours used: 36``, a cell under ``Params (M)``."""

import re
from collections.abc import Iterator
from functools import cache

from runspan.base.labels import LABELS
from runspan.base.values import Name, Value
from runspan.language.normalize import normalize, normalize_params, normalize_training
from runspan.language.normalize.numbers import is_numeral, read_range, tokenize
from runspan.language.normalize.qualifiers import take_qualifiers
from runspan.language.normalize.tables import read_table, words_of
from runspan.language.table_cells import heads_of

_MOST_CHARS = 200  # of a line, before and after a number
_KEY = re.compile(r"([^:=|;\n]{1,80})[:=](?!.*\.\s)[^:=|\n]*$")
_NUMBER = r"[0-9]+(?:[.,][0-9]+)*"
_LISTED = re.compile(rf"(?:(?:,\s+(?:and\s+|or\s+)?|\s+(?:and|or|&)\s+|\s*/\s*){_NUMBER})+(?=[\s-]*[A-Za-z])")
_PAIR = re.compile(r"\s(?:/|x|×)\s")  # the cell "192 x 16" under "GPU x days"
_LONGEST_UNIT = 6  # tokens: "NVIDIA A100 80 GB GPU hours"
_OPENERS = frozenset({"(", "[", ",", "/", "in", ":", "×"})
_LONE_LETTERS = frozenset({"s", "d", "w"})  # units only where something opens them: "Time (s)"


def normalize_in_context(label: str, text: str, start: int, end: int) -> Value:
    """The value of ``text[start:end]``; a bare number takes the unit that its context states.

    A label without a normaliser gives the text itself.

    >>> text = "- **Hours used:** 36"
    >>> normalize_in_context("training", text, text.index("36"), len(text))
    Duration(value=36.0, basis='wall_clock', low=None, high=None, qualifier=None)
    """
    surface = text[start:end]
    if label not in LABELS:
        return Name(" ".join(surface.split()) or None)
    unit = unit_of_context(label, text, start, end)
    if unit is None:
        return normalize(label, surface)
    return normalize_params(surface, unit) if label == "params" else normalize_training(surface, unit)


def unit_of_context(label: str, text: str, start: int, end: int) -> str | None:
    """The unit of a bare number: from the list that it stands in, the head of its column or row, or its key.

    Args:
        label: ``training`` or ``params``; others have no units.
        text: The whole document.
        start: Where the number begins.
        end: Where it ends.

    >>> text = "16, 40 and 95 hours, respectively"
    >>> unit_of_context("training", text, 0, 2), unit_of_context("training", text, 14, 22)
    ('hours', None)
    """
    if label not in ("training", "params") or not _is_bare(text[start:end], label):
        return None
    return _unit_after_list(label, text[end : end + _MOST_CHARS]) or next(
        (unit for head in _heads(text, start) if (unit := unit_of_head(label, head))), None
    )


def _heads(text: str, position: int) -> Iterator[str]:
    """What can state the unit of a number, nearest first."""
    heads = heads_of(text, position)
    if heads:
        part = len(_PAIR.findall(heads.cell[: heads.place]))
        for column in heads.column:
            parts = _PAIR.split(column)
            yield parts[part] if len(parts) == len(_PAIR.split(heads.cell)) else column
        yield heads.row
    begin = max(text.rfind("\n", 0, position) + 1, position - _MOST_CHARS)
    key = _KEY.search(text[begin:position])
    if key:
        yield re.split(r"\.\s", key[1])[-1]


def unit_of_head(label: str, head: str) -> str | None:
    """The one unit that the head of a column, or a key, states.

    >>> [unit_of_head("training", head) for head in ("Total Time (in Days)", "train_time_h", "A100 hours", "Epochs")]
    ['days', 'h', 'a100 hours', None]
    >>> [unit_of_head("params", head) for head in ("Params (M)", "#weights [k]", "parameters (10⁶)", "FLOPs (B)")]
    ['m', 'k', '× 10 ^ 6', None]
    """
    tokens = ["accelerator" if token in ("acc", "accel") else token for token in tokenize(head.replace("_", " "))]
    tokens = [token for token in tokens if token != "."]
    if not words_of("context_words", label).isdisjoint(tokens):
        return None
    scales = [scale for scale in _scales(tokens) if label == "params" or scale not in ("b", "t")]
    if label == "params" or len(scales) > 1:
        return scales[0] if label == "params" and len(scales) == 1 else None
    units = [index for index in range(len(tokens)) if _is_time_unit(tokens, index)]
    if len({_seconds()[tokens[index]] for index in units}) != 1:
        return None
    unit = _with_device(tokens, units[0])
    return unit and " ".join([*scales, unit])


def _is_bare(surface: str, label: str) -> bool:
    """Whether a surface is a number, or a range of two, and nothing else; one of parameters without a scale."""
    taken = take_qualifiers(tokenize(surface))
    number = read_range(taken[0], 0) if taken else None
    if taken is None or number is None or number.end != len(taken[0]) or not any(map(str.isdigit, surface)):
        return False
    return label != "params" or not number.scaled


def _unit_after_list(label: str, tail: str) -> str | None:
    """The unit that a list of numbers shares: ``days`` after the ``1.5`` of ``1.5, 4 and 11 days``."""
    listed = _LISTED.match(tail)
    words = re.findall(r"[A-Za-z0-9]+", tail[listed.end() :])[:_LONGEST_UNIT] if listed else []
    units = (" ".join(words[:length]) for length in range(1, len(words) + 1))
    return next((unit for unit in units if normalize(label, f"2 {unit}").as_dict()["value"] is not None), None)


def _scales(tokens: list[str]) -> Iterator[str]:
    """Scales that tokens state: ``million``, the ``m`` of ``Params (M)``, ``10 ^ 6``."""
    nouns = words_of("nouns", "params") | {"#"}
    for index, token in enumerate(tokens):
        before, after = tokens[index - 1 : index], tokens[index + 1 : index + 2]
        if tokens[index : index + 2] == ["10", "^"] and after != tokens[index + 2 :]:
            yield " ".join(["×", *tokens[index : index + 3]])
        elif token in _scale_words() and not (before and is_numeral(before[0])):
            opened = not before or before[0] in _OPENERS | nouns
            if len(token) > 1 or (opened and (before or after)):
                yield token


@cache
def _scale_words() -> frozenset[str]:
    return frozenset(row["word"] for row in read_table("number_words") if row["kind"] in ("scale", "suffix"))


@cache
def _seconds() -> dict[str, str]:
    return {row["word"]: row["seconds"] for row in read_table("time_units") if row["word"] != "second"}


def _is_time_unit(tokens: list[str], index: int) -> bool:
    return tokens[index] in _seconds() and (
        tokens[index] not in _LONE_LETTERS or index == 0 or tokens[index - 1] in _OPENERS
    )


def _with_device(tokens: list[str], index: int) -> str | None:
    """A unit of time with the device before it: ``a100 gpu hours``; none where the hours are of something else."""
    for begin in range(max(0, index - _LONGEST_UNIT), index):
        unit = " ".join(tokens[begin : index + 1])
        if (
            tokens[begin] not in _OPENERS | _scale_words()
            and normalize_training(f"1 {unit}").basis == "accelerator_hours"
        ):
            return unit
    return None if {"core", "cores"} & set(tokens) else tokens[index]
