"""Durations of training: ``4 weeks``, ``3d 4h``, ``1.08M GPU hours``; always in hours.

The text decides what the hours are of: the clock, or accelerators where a device stands before the unit (``GPU hours``,
``V100-days``, ``TPU v4 core-hours``). Hours of CPUs, of unnamed cores and of nodes are no accelerator hours.
"""

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

from runspan.base.values import Basis, Duration, Qualifier
from runspan.language.normalize.cleaning import fold
from runspan.language.normalize.hardware import normalize_hardware
from runspan.language.normalize.numbers import is_numeral, read_amount, read_range, tokenize
from runspan.language.normalize.qualifiers import take_qualifiers
from runspan.language.normalize.tables import read_table, words_of

_HOUR = 3600
_LONGEST = 10**12  # hours; above it, a slip
_CLOCK_TIME = re.compile(r"\b([0-9]{1,3}):([0-5][0-9])(?::([0-5][0-9]))? ?(?:h|hrs?|hours?)\b", re.IGNORECASE)
_GLUED_UNIT = re.compile(r"(?<=[0-9])(h|hrs?|d|m|mins?)(?=[0-9])", re.IGNORECASE)
_BARE_CLOCK_TIME = re.compile(
    r"(?<![0-9:.])([0-9]{1,3}):([0-5][0-9]):([0-5][0-9])(?![0-9:])"
)  # two parts are a time of day
_GLUED_DEVICE = re.compile(r"\b([gtnihdx]pu|dcu)(h|hrs?|hours?|d|days?)\b", re.IGNORECASE)
_LONGEST_DEVICE = 8  # tokens between a number and its unit


@dataclass(frozen=True, slots=True)
class _Part:
    """One stretch: the seconds of its two ends and of its unit, what they are of, and where it ends."""

    low: Fraction
    high: Fraction
    unit: Fraction
    basis: Basis
    end: int


def normalize_training(text: str, unit: str | None = None) -> Duration:
    """Hours of a duration. ``unit`` says what a bare number counts, where the head of its table does.

    >>> normalize_training("approximately 10 weeks")
    Duration(value=1680.0, basis='wall_clock', low=None, high=None, qualifier='approximately')
    >>> normalize_training("2.788M H800 GPU hours").basis, normalize_training("90-100 days").value
    ('accelerator_hours', 2280.0)
    >>> normalize_training("a few days").value, normalize_training("150000").value
    (None, None)
    >>> normalize_training("150000", unit="GPU hours").value
    150000.0
    """
    duration = _read_duration(text)
    return _read_duration(f"{text} {unit}") if duration.value is None and unit and _is_bare_number(text) else duration


def _read_duration(text: str) -> Duration:
    taken = take_qualifiers(_tokenize(text))
    parts = _read_parts(taken[0]) if taken else []
    if taken is None or not parts:
        return Duration()
    low = sum((part.low for part in parts), Fraction(0)) / _HOUR
    high = sum((part.high for part in parts), Fraction(0)) / _HOUR
    return _duration(low, high, parts[0].basis, taken[1])


def _duration(low: Fraction, high: Fraction, basis: Basis, qualifier: Qualifier | None) -> Duration:
    """A duration from the hours of its two ends; they are kept where they differ."""
    if not 0 < low <= high <= _LONGEST:
        return Duration()
    if low == high:
        return Duration(float(low), basis, qualifier=qualifier)
    return Duration(float((low + high) / 2), basis, float(low), float(high), qualifier)


def _is_bare_number(text: str) -> bool:
    """Whether a surface is a number, or a range of two, and nothing else."""
    taken = take_qualifiers(tokenize(text))
    number = read_range(taken[0], 0) if taken else None
    return taken is not None and number is not None and number.end == len(taken[0])


def _tokenize(text: str) -> list[str]:
    """Tokens, with clock times spelled out, glued units cut (``1h30``), and the ``m`` beside hours as minutes."""
    for clock_time in (_CLOCK_TIME, _BARE_CLOCK_TIME):
        text = clock_time.sub(lambda time: f"{time[1]} h {time[2]} min {time[3] or 0} s", fold(text))
    tokens = tokenize(_GLUED_DEVICE.sub(r"\1 \2", _GLUED_UNIT.sub(r" \1 ", text)))
    if {"h", "hr", "hrs", "hour", "hours", "s", "sec"}.isdisjoint(tokens):
        return tokens
    return ["min" if _is_minutes(tokens, index) else token for index, token in enumerate(tokens)]


def _is_minutes(tokens: list[str], index: int) -> bool:
    """Whether an ``m`` is one of minutes: after a number, before the end or the next number."""
    if tokens[index] != "m" or index == 0 or not is_numeral(tokens[index - 1]):
        return False
    after = tokens[index + 1 : index + 2]
    return not after or is_numeral(after[0]) or after[0] in ("and", ",")


def _read_parts(tokens: list[str]) -> list[_Part]:
    """The parts of a duration in falling units (``3 d 4 h``); none where anything is left over."""
    parts: list[_Part] = []
    part = _read_span(tokens, 0)
    while part is not None:
        if parts and not (part.unit < parts[-1].unit and part.basis == parts[-1].basis):
            return []
        parts.append(_add_fraction(tokens, part))
        begin = _skip_joint(tokens, parts[-1].end)
        part = _read_span(tokens, begin) or _read_bare_minutes(tokens, begin, parts[-1])
    return _close(tokens[parts[-1].end :], parts) if parts else []


def _skip_joint(tokens: list[str], index: int) -> int:
    while tokens[index : index + 1] and tokens[index] in (",", "and", "&", "+", "."):
        index += 1
    return index


def _read_span(tokens: list[str], start: int) -> _Part | None:
    """A part, or a range of two parts with a unit each: ``30 minutes to 1 hour``."""
    opener = tokens[start] if tokens[start : start + 1] in (["between"], ["from"]) else ""
    first = _read_part(tokens, start) or (_read_part(tokens, start + 1) if opener else None)
    if first is None or first.low != first.high:
        return first
    joint = tokens[first.end : first.end + 1]
    if joint in (["to"], ["-"]) or (joint == ["and"] and opener == "between"):
        second = _read_part(tokens, first.end + 1)
        if second and second.basis == first.basis and first.low <= second.low == second.high:
            return replace(second, low=first.low)
    return None if opener else first


def _read_part(tokens: list[str], start: int) -> _Part | None:
    """A number or range, what it is of, and its unit."""
    if tokens[start : start + 1] in (["a"], ["an"]) and tokens[start + 1 : start + 2]:
        start += is_numeral(tokens[start + 1]) or tokens[start + 1] in _small_numbers()
    number = read_range(tokens, start)
    if number is None:
        return None
    for index in range(number.end, min(len(tokens), number.end + _LONGEST_DEVICE)):
        unit = _units().get(tokens[index])
        if unit is not None:
            basis = _basis_of(tokens[number.end : index])
            return basis and _Part(number.low * unit, number.high * unit, unit, basis, index + 1)
    return None


@cache
def _units() -> dict[str, Fraction]:
    return {row["word"]: Fraction(row["seconds"]) for row in read_table("time_units")}


@cache
def _small_numbers() -> frozenset[str]:
    """*One* to *ninety*: in ``a three-day run`` the article is none of them."""
    return frozenset(row["word"] for row in read_table("number_words") if row["kind"] in ("unit", "teen", "ten"))


def _basis_of(words: list[str]) -> Basis | None:
    """What hours are of, from the words before the unit. ``None``: of something that is no accelerator."""
    words = [word for word in words if word not in words_of("time_words", "before_unit")]
    if not words:
        return "wall_clock"
    cores = words_of("time_words", "core")
    devices = [word for word in words if word not in cores]
    if len(devices) < len(words) and not any(word.startswith("tpu") for word in devices):
        return None
    kinds = words_of("time_words", "accelerator")
    is_device = bool(devices) and (set(devices) <= kinds or normalize_hardware(" ".join(devices)).value is not None)
    return "accelerator_hours" if is_device else None


def _add_fraction(tokens: list[str], part: _Part) -> _Part:
    """A part with the ``and a half`` after its unit: ``a day and a half``."""
    amount = read_amount(tokens, part.end + 1) if tokens[part.end : part.end + 1] == ["and"] else None
    if amount is None or amount.value >= 1 or (tokens[amount.end : amount.end + 1] and tokens[amount.end] in _units()):
        return part
    extra = amount.value * part.unit
    return replace(part, low=part.low + extra, high=part.high + extra, end=amount.end)


def _read_bare_minutes(tokens: list[str], index: int, hours: _Part) -> _Part | None:
    """The ``30`` of ``1h30``: minutes without a unit, last of all, after hours."""
    if hours.unit != _HOUR or index != len(tokens) - 1 or not re.fullmatch(r"[0-5]?[0-9]", tokens[index]):
        return None
    minutes = Fraction(int(tokens[index]) * 60)
    return _Part(minutes, minutes, Fraction(60), hours.basis, index + 1)


def _close(rest: list[str], parts: list[_Part]) -> list[_Part]:
    """The parts, if what follows them adds nothing; ``of GPU time`` makes them accelerator hours."""
    if set(rest) <= words_of("time_words", "filler") or _is_restated(rest, parts) or _says_where(rest):
        return parts
    of_what = rest[1:-1] if rest[0] == "of" and rest[-1] in ("time", "compute", "computation") else []
    if _basis_of(of_what) == "accelerator_hours":
        return [replace(part, basis="accelerator_hours") for part in parts]
    return []


def _is_restated(rest: list[str], parts: list[_Part]) -> bool:
    """Whether the rest says the same duration again: ``72 hours (3 days)``."""
    again = _read_parts(rest[1:-1]) if rest[:1] == ["("] and rest[-1:] == [")"] else []
    same_basis = bool(again) and again[0].basis == parts[0].basis
    return same_basis and sum(part.low + part.high for part in again) == sum(part.low + part.high for part in parts)


def _says_where(rest: list[str]) -> bool:
    """Whether the rest says on what the run was: ``3 days of training on 8 GPUs``, ``1M GPU hours (A100)``."""
    while rest and rest[0] != "(" and rest[0] in words_of("time_words", "filler"):
        rest = rest[1:]
    if rest[:1] == ["("] and rest[-1:] == [")"]:
        return normalize_hardware(" ".join(rest[1:-1])).value is not None
    return rest[:1] in (["on"], ["using"], ["across"], ["with"]) and set(rest).isdisjoint(
        {*_units(), "per", "each", "/"}
    )
