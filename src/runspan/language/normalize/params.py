"""Numbers of parameters: ``34 billion parameters``, ``1.3 × 10⁹``, ``7B–70B``."""

import re

from runspan.base.values import Quantity
from runspan.language.normalize.cleaning import fold
from runspan.language.normalize.numbers import Range, read_amount, read_range, skip_restated, tokenize
from runspan.language.normalize.qualifiers import take_qualifiers
from runspan.language.normalize.tables import words_of

_LARGEST = 10**16  # above it, a slip
_SMALLEST_BARE = 1000  # below it, a number without a unit is a table cell whose head holds the unit
_ACTIVE_SUFFIX = re.compile(r"(?<=[0-9][BMT])-A[0-9]+(?:\.[0-9]+)?[BMT](?![A-Z0-9])", re.IGNORECASE)  # 235B-A22B
_GLUED_NOUN = re.compile(r"(?<=[0-9][KMBT])(?=param)", re.IGNORECASE)
_CLAUSE_MARKS = frozenset({"(", ")", ",", ";", "/", "with", "and", "of"})


def normalize_params(text: str, unit: str | None = None) -> Quantity:
    """Total number of parameters. Several sizes, active parameters alone, and bytes are no total.

    ``unit`` says what a bare number counts, where the head of its table does: ``B``, ``million parameters``.

    >>> normalize_params("12.55M trainable parameters").value, normalize_params("671B total, 37B active").value
    (12550000, 671000000000)
    >>> normalize_params("7B–70B"), normalize_params("8x7B").value, normalize_params("1.3").value
    (Quantity(value=None, low=7000000000, high=70000000000, qualifier=None), None, None)
    >>> normalize_params("1.3", unit="B").value, normalize_params("235B-A22B").value
    (1300000000, 235000000000)
    """
    tokens = _without_active(_tokenize(text))
    size = _read_plain(_tokenize(f"{text} {unit}") if unit and _is_bare_number(tokens) else tokens)
    return size or Quantity(_stated_total(tokens))


def _tokenize(text: str) -> list[str]:
    """Tokens, without the suffix of a name that counts active parameters."""
    return tokenize(_GLUED_NOUN.sub(" ", _ACTIVE_SUFFIX.sub("", fold(text))))


def _is_bare_number(tokens: list[str]) -> bool:
    """Whether the tokens are a number or range without a scale, as in a cell of a table."""
    taken = take_qualifiers(tokens)
    size = read_range(taken[0], 0) if taken else None
    return taken is not None and size is not None and size.end == len(taken[0]) and not size.scaled


def _read_plain(tokens: list[str]) -> Quantity | None:
    """A number or a range with nothing but nouns around it."""
    taken = take_qualifiers(tokens)
    if taken is None:
        return None
    tokens, qualifier = taken
    size = read_range(tokens, _first_number(tokens))
    if size is None:
        return None
    rest = tokens[skip_restated(tokens, size) :]
    if not set(rest) <= words_of("nouns", "params") | words_of("nouns", "params_filler"):
        return None
    has_noun = not words_of("nouns", "params").isdisjoint(tokens)
    if not _is_count(size, has_noun):
        return None
    low, high = round(size.low), round(size.high)
    if low == high:
        return Quantity(low, qualifier=qualifier)
    return Quantity(None, low, high, qualifier)


def _first_number(tokens: list[str]) -> int:
    """Where the number begins, after nouns (``parameters: 7B``) and an article (``a 7B``)."""
    skipped = (words_of("nouns", "params") | words_of("nouns", "params_filler")) - {"a", "an", "-"}
    index = 0
    while index < len(tokens) and tokens[index] in skipped:
        index += 1
    article = tokens[index : index + 1] in (["a"], ["an"]) and tokens[index + 1 : index + 2] != []
    return index + (article and tokens[index + 1][0].isdigit())


def _is_count(size: Range, has_noun: bool) -> bool:
    """Whether the number can be one of parameters: positive, and whole and large where nothing says its unit."""
    if round(size.low) <= 0 or size.high > _LARGEST:
        return False
    whole = size.low.denominator == size.high.denominator == 1
    return size.scaled or (whole and (has_noun or size.low >= _SMALLEST_BARE))


def _without_active(tokens: list[str]) -> list[str]:
    """The tokens without the clause that counts active parameters: ``671B (37B active)``."""
    active = words_of("nouns", "active")
    if active.isdisjoint(tokens):
        return tokens
    clauses: list[list[str]] = [[]]
    for token in tokens:
        if token in _CLAUSE_MARKS:
            clauses.append([])
        else:
            clauses[-1].append(token)
    return [token for clause in clauses if active.isdisjoint(clause) for token in clause]


def _stated_total(tokens: list[str]) -> int | None:
    """The number beside the word *total*: ``8x7B (46.7B total)``, ``total of 671B``."""
    if "total" not in tokens:
        return None
    found = set()
    index = 0
    while index < len(tokens):
        amount = read_amount(tokens, index) if tokens[index][0].isdigit() else None
        if amount and amount.scale > 1 and _beside_total(tokens, index, amount.end):
            found.add(round(amount.value))
        index = amount.end if amount else index + 1
    return found.pop() if len(found) == 1 else None


def _beside_total(tokens: list[str], start: int, end: int) -> bool:
    """Whether *total* stands right before or right after a number, nouns apart."""
    skipped = words_of("nouns", "params") | {"of", ":", "is", "in", "=", "a"}
    while start > 0 and tokens[start - 1] in skipped:
        start -= 1
    while end < len(tokens) and tokens[end] in skipped:
        end += 1
    return tokens[start - 1 : start] == ["total"] or tokens[end : end + 1] == ["total"]
