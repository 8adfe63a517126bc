"""Numbers of accelerators: ``64``, ``sixty-four``, ``32 x 8``, ``512 to 760``."""

import re
from fractions import Fraction

from runspan.base.values import Quantity
from runspan.language.normalize.hardware import normalize_hardware
from runspan.language.normalize.numbers import Range, read_range, tokenize
from runspan.language.normalize.qualifiers import take_qualifiers
from runspan.language.normalize.tables import read_table, words_of

_LARGEST = 10**7  # above it, a slip
_PLURAL = re.compile(r"(?<=[0-9]) s\b")  # tokens of "3090s"


def normalize_gpu_count(text: str) -> Quantity:
    """Number of accelerators; a product is worked out, nodes alone are no accelerators.

    >>> [normalize_gpu_count(text).value for text in ("2,048", "a pair of", "32 x 8", "8x", "4 nodes with 8 GPUs each")]
    [2048, 2, 256, 8, 32]
    >>> normalize_gpu_count("512 to 760"), normalize_gpu_count("several").value, normalize_gpu_count("16 nodes").value
    (Quantity(value=None, low=512, high=760, qualifier=None), None, None)
    """
    taken = take_qualifiers(tokenize(text))
    if taken is None:
        return Quantity()
    tokens, qualifier = taken
    factors = _read_factors(_counting_words(tokens))
    if not factors:
        return Quantity()
    if len(factors) > 1 or factors[0].low == factors[0].high:
        value = _product(factors)
        return Quantity(value, qualifier=qualifier) if value else Quantity()
    low, high = _whole(factors[0].low), _whole(factors[0].high)
    return Quantity(None, low, high, qualifier) if low and high else Quantity()


def _counting_words(tokens: list[str]) -> list[str]:
    """The tokens with words such as *single*, *pair of*, *dual* as numbers."""
    table = {row["word"]: row["value"] for row in read_table("count_words")}
    if tokens[:1] in (["a"], ["the"], ["each"]) and len(tokens) > 1 and (tokens[1] in table or tokens[1][0].isdigit()):
        tokens = tokens[1:]
    return [table.get(token, token) for token in tokens]


def _read_factors(tokens: list[str]) -> list[Range]:
    """The numbers of a product (one, for a plain count); none where anything is left over."""
    factors: list[Range] = []
    nodes, index = 0, int(tokens[:1] == ["×"])
    while index < len(tokens):
        number = read_range(tokens, index)
        if number is None:
            return []
        factors.append(number)
        if _is_restated(tokens[number.end :], number) or _is_device(tokens[number.end :]):
            break
        noun_end = _skip_nouns(tokens, number.end)
        if tokens[noun_end : noun_end + 1] and tokens[noun_end] in words_of("nouns", "node"):
            nodes, noun_end = nodes + 1, noun_end + 1
        index = _skip_joint(tokens, noun_end, bool(nodes))
        if index < len(tokens) and index == noun_end:
            return []
    return factors if nodes < len(factors) else []


def _skip_nouns(tokens: list[str], index: int) -> int:
    """Past ``GPUs``, ``of``, ``NVIDIA``, and a closing ``×``."""
    nouns = words_of("nouns", "device") | (words_of("nouns", "count_filler") - {"×", "(", ")"})
    while index < len(tokens) and tokens[index] in nouns:
        index += 1
    return index + 1 if tokens[index:] == ["×"] else index


def _skip_joint(tokens: list[str], index: int, nodes: bool) -> int:
    """Past what joins two factors: ``×``, and with nodes ``with``, ``of``, ``each``, ``per node``."""
    if tokens[index : index + 1] == ["×"]:
        return index + 1
    if not nodes:
        return index
    joints = ["with", "of", "having", "each", "(", ")", ",", "containing", "per", "equipped", "·"]
    if "per" in tokens[index:]:
        joints += sorted(words_of("nouns", "node"))
    while index < len(tokens) and tokens[index] in joints:
        index += 1
    return index


def _is_restated(rest: list[str], number: Range) -> bool:
    """Whether the rest says the same number again: ``eight (8)``."""
    inner = rest[1:-1] if rest[:1] == ["("] and rest[-1:] == [")"] else []
    again = read_range(inner, 0)
    return again is not None and again.end == len(inner) and (again.low, again.high) == (number.low, number.high)


def _is_device(rest: list[str]) -> bool:
    """Whether the rest names a device: the ``A100 GPUs`` of ``8 × A100 GPUs``."""
    return normalize_hardware(_PLURAL.sub("s", " ".join(rest))).value is not None


def _product(factors: list[Range]) -> int | None:
    """Product of single whole numbers."""
    product = 1
    for factor in factors:
        count = _whole(factor.low) if factor.low == factor.high else None
        if not count:
            return None
        product *= count
    return product


def _whole(number: Fraction) -> int | None:
    """A positive whole number of a size that a count can have, or nothing."""
    return int(number) if number.denominator == 1 and 0 < number <= _LARGEST else None
