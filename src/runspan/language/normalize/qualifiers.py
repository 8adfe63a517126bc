"""Words that say how a number is meant: *about*, *over*, *up to*, and those that say nothing, like *only*."""

from functools import cache
from typing import cast

from runspan.base.values import Qualifier
from runspan.language.normalize.tables import read_table

_Phrase = tuple[tuple[str, ...], Qualifier | None]


def take_qualifiers(tokens: list[str]) -> tuple[list[str], Qualifier | None] | None:
    """Split the qualifying phrases off. ``None`` where they contradict each other.

    >>> take_qualifiers(["no", "more", "than", "8"]), take_qualifiers(["8", "or", "more", "gpus"])
    ((['8'], 'at most'), (['8', 'gpus'], 'at least'))
    >>> take_qualifiers(["only", "about", "8"]), take_qualifiers(["over", "8", "at", "most"])
    ((['8'], 'approximately'), None)
    """
    found: set[Qualifier | None] = set()
    tokens = _take_start(tokens, found)
    tokens = _take_anywhere(tokens, found)
    tokens = _take_end(_take_start(tokens, found), found)
    bounds = found & {"at least", "at most"}
    if len(bounds) > 1:
        return None
    return tokens, next(iter(bounds or found - {None}), None)


@cache
def _phrases(*where: str) -> tuple[_Phrase, ...]:
    """Phrases of some places as token tuples, longest first."""
    rows = [row for row in read_table("qualifiers") if row["where"] in where]
    phrases = [(tuple(row["phrase"].split()), cast(Qualifier | None, row["qualifier"] or None)) for row in rows]
    return tuple(sorted(phrases, key=lambda phrase: -len(phrase[0])))


def _match(tokens: list[str], index: int, phrases: tuple[_Phrase, ...]) -> _Phrase | None:
    return next((p for p in phrases if tuple(tokens[index : index + len(p[0])]) == p[0]), None)


def _take_start(tokens: list[str], found: set[Qualifier | None]) -> list[str]:
    while (phrase := _match(tokens, 0, _phrases("start", "anywhere"))) is not None:
        found.add(phrase[1])
        tokens = tokens[len(phrase[0]) :]
        if tokens[:1] == ["."]:  # approx.
            tokens = tokens[1:]
    return tokens


def _take_anywhere(tokens: list[str], found: set[Qualifier | None]) -> list[str]:
    kept, index = [], 0
    while index < len(tokens):
        is_sum = tokens[index] == "+" and tokens[index + 1 : index + 2] and tokens[index + 1][0].isdigit()
        phrase = None if is_sum else _match(tokens, index, _phrases("anywhere"))
        if phrase is None:
            kept.append(tokens[index])
        else:
            found.add(phrase[1])
            index += tokens[index + len(phrase[0]) : index + len(phrase[0]) + 1] == ["."]
        index += len(phrase[0]) if phrase else 1
    return kept


def _take_end(tokens: list[str], found: set[Qualifier | None]) -> list[str]:
    for words, qualifier in _phrases("end"):
        if len(tokens) > len(words) and tuple(tokens[-len(words) :]) == words:
            found.add(qualifier)
            return tokens[: -len(words)]
    return tokens
