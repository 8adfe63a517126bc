"""Numbers of parameters, accelerators and hours swapped for others, written in the same manner."""

import math
import re
from functools import cache
from random import Random
from typing import NamedTuple

from runspan.base.documents import Document
from runspan.language.compose.edit import Swaps, surfaces_of
from runspan.language.normalize.tables import read_table

_COUNTS = [2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048]
_COUNTS += [3072, 4096, 6144, 8192, 16384]
_SIZES = (2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 18, 20, 22, 27, 30, 32, 34, 40, 65, 70, 72)
_LARGEST_SPELLED = 20
_FIGURES = r"(?<![\w.,:/^–-])(?:\d{1,3}(?:[,\u00a0\u202f ]\d{3}(?!\d))+|\d+(?:\.\d+)?)(?![.,:/–]?\d|½)"
_COMPOUND = re.compile(r"\d\s*(?:d|days?|h|hours?)\b.*\d", re.S)
_UNIT = re.compile(r"(?<![a-z])(?:(hours?|days?|weeks?)|(hrs?)|([hd]))(?![a-z])", re.I)
_ACCELERATOR = re.compile(r"[GTXN]PU|chip|device|accelerator|core|node|card|[AHV]100", re.I)
_OTHER_UNIT = {"h": "day", "d": "hour", "w": "day"}


@cache
def _words() -> dict[str, int]:
    kinds = ("unit", "teen", "ten")
    return {row["word"]: int(row["value"]) for row in read_table("number_words") if row["kind"] in kinds}


@cache
def _spellings() -> dict[int, str]:
    return {value: word for word, value in reversed(_words().items())}


@cache
def _number_pattern() -> re.Pattern[str]:
    return re.compile(rf"{_FIGURES}|(?<![\w-])(?:{'|'.join(_words())})(?![\w-])", re.I)


class _Number(NamedTuple):
    """The one number of a surface: where it stands, and its value."""

    start: int
    end: int
    value: float


def _find_number(surface: str, label: str) -> _Number | None:
    """The number to swap: the only one, or the first of *2 days 7 h*. One and fractions are left as they are."""
    found = list(_number_pattern().finditer(surface))
    compound = label == "training" and _COMPOUND.search(surface)
    if not found or (len(found) > 1 and not compound) or re.search(r"[×^½–{]|\bto\b|\d[xX]", surface):
        return None
    text = found[0][0]
    value = _words().get(text.lower()) or float(re.sub(r"[,\s]", "", text))
    return None if value in (0, 1) else _Number(*found[0].span(), value)


def _other_number(old: str, value: float, label: str, spelled: bool, random: Random) -> float:
    """A number of the same order and precision."""
    if label == "gpu_count":
        top = 16 if spelled else max(64, value * 8)
        return random.choice([n for n in _COUNTS if n != value and value / 8 <= n <= top] or [value])
    if label == "params" and value < 80 and value.is_integer():
        return random.choice([n for n in _SIZES if n != value and (n <= _LARGEST_SPELLED or not spelled)])
    if value <= _LARGEST_SPELLED and value.is_integer():
        return random.choice([n for n in range(2, _LARGEST_SPELLED + 1) if n != value])
    decimals = len(old.partition(".")[2])
    zeros = len(old) - len(old.rstrip("0")) if not decimals else 0
    new = value * math.exp(random.uniform(-1.1, 1.1))
    new = new if value >= 1000 else min(new, 999 - 10**zeros)
    least: float = 2 * 10**zeros if not decimals else 2 / 10**decimals
    return max(round(new, decimals or -zeros), least)


def _write_number(new: float, old: str, value: float) -> str:
    """A number as the old one was written: in words, with as many decimals, with the same thousands mark."""
    if old.isalpha():
        word = _spellings().get(int(new), f"{new:g}")
        return word.upper() if old.isupper() else word.capitalize() if old[0].isupper() else word
    decimals = len(old.partition(".")[2])
    mark = next((c for c in old if not c.isdigit() and c != "."), "" if value >= 1000 else ",")
    return f"{new:,.{decimals}f}".replace(",", mark)


def swap_numbers(document: Document, label: str, random: Random) -> Swaps:
    """Numbers by numbers, the same value by the same; hours by days and back at times."""
    surfaces = surfaces_of(document, label)
    numbers = {surface: number for surface in surfaces if (number := _find_number(surface, label))}
    spelled = any(surface[n.start : n.end].isalpha() for surface, n in numbers.items())
    new_values: dict[float, float] = {}
    swap_units = label == "training" and random.random() < 0.25
    swaps = {}
    for surface, (start, end, value) in numbers.items():
        old = surface[start:end]
        if value not in new_values:
            digits = re.sub(r"[,\s]", "", old)
            new_values[value] = _other_number(digits, float(value), label, spelled, random)
        rest = surface[end:]
        if swap_units and not _ACCELERATOR.search(surface) and not _COMPOUND.search(surface):
            rest = _UNIT.sub(_other_unit, rest)
        swaps[surface] = surface[:start] + _write_number(new_values[value], old, value) + rest
    return swaps


def _other_unit(match: re.Match[str]) -> str:
    """``hours`` → ``days``, ``h`` → ``d``, and back."""
    old = match[0]
    new = _OTHER_UNIT[old[0].lower()]
    new = new[0] if match[3] else new + "s" * (old[-1] in "sS")
    return new.upper() if old.isupper() else new
