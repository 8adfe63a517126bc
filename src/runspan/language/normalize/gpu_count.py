"""Numbers of accelerators: ``64``, ``sixty-four``, ``32 x 8``, ``512 to 760``.

A product counts nodes and what stands in one node. What follows ``=`` or stands in brackets at the end must say the
same again, or say the total, or on how many nodes. In the name of a slice of TPUs (``v3-128``) the number counts.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from runspan.base.values import Quantity
from runspan.language.normalize.cleaning import fold
from runspan.language.normalize.hardware import normalize_hardware
from runspan.language.normalize.numbers import Range, read_range, skip_restated, tokenize
from runspan.language.normalize.qualifiers import take_qualifiers
from runspan.language.normalize.tables import read_table, words_of

_LARGEST = 10**7  # above it, a slip
_PLURAL = re.compile(r"(?<=[0-9]) s\b")  # tokens of "3090s"
_GLUED_DEVICE = re.compile(r"(?<=[0-9])x(?=[a-z]{1,2}[0-9])", re.IGNORECASE)  # 8xA100
_TPU_SLICE = re.compile(
    r"(?:(?:google )?(?:cloud )?tpus?[ -]?)?v[2-9][a-z]{0,7}-([0-9]{1,5})(?: (?:tpus?|pods?|slice)){0,3}"
)
_KEY_WORDS = frozenset({"#", "number", "no", "num", "count", "of", "total", "."})
_COMMAS = frozenset({",", "·", "and"})
_WHERE = frozenset({"on", "in", "across", "over"})
_JOINTS = _COMMAS | _WHERE | {"(", "with", "of", "having", "each", "containing", "equipped"}
_LONGEST_DEVICE = 4  # tokens
_LONGEST_DESCRIPTION = 20  # tokens: "NVIDIA A100 GPUs with 80 GB of memory each"
_DIGITS_OF_DEVICE = 4  # "3090"


@dataclass(frozen=True, slots=True)
class _Factor:
    """A number of a product: whether it counts nodes, or what stands in each of them, and where it ends."""

    number: Range
    counts_nodes: bool
    is_per_node: bool
    sizes_nodes: bool  # the "8-GPU nodes" of "two 8-GPU nodes"
    end: int


def normalize_gpu_count(text: str) -> Quantity:
    """Number of accelerators; a product is worked out, nodes alone are no accelerators.

    >>> [normalize_gpu_count(text).value for text in ("2,048", "a pair of", "32 x 8", "8x", "4 nodes with 8 GPUs each")]
    [2048, 2, 256, 8, 32]
    >>> normalize_gpu_count("512 to 760"), normalize_gpu_count("several").value, normalize_gpu_count("16 nodes").value
    (Quantity(value=None, low=512, high=760, qualifier=None), None, None)
    >>> normalize_gpu_count("64 (8 nodes × 8 GPUs)").value, normalize_gpu_count("TPU v3-128").value
    (64, 128)
    """
    tpu_slice = _TPU_SLICE.fullmatch(fold(text).lower())
    if tpu_slice:
        return Quantity(int(tpu_slice[1]) or None)
    taken = take_qualifiers(_without_key(tokenize(_GLUED_DEVICE.sub(" × ", fold(text)))))
    if taken is None:
        return Quantity()
    tokens, qualifier = taken
    number = _read_count(tokens) or _read_two_statements(tokens)
    low, high = (_whole(number.low), _whole(number.high)) if number else (None, None)
    if not low or not high:
        return Quantity()
    return Quantity(low, qualifier=qualifier) if low == high else Quantity(None, low, high, qualifier)


def _without_key(tokens: list[str]) -> list[str]:
    """The tokens after a key: ``GPUs: 8``, ``# GPUs 8``."""
    index = 0
    while index < len(tokens) and (tokens[index] in _KEY_WORDS or tokens[index] in words_of("nouns", "device")):
        index += 1
    if tokens[index : index + 1] in ([":"], ["="]):
        return tokens[index + 1 :]
    return tokens[index:] if tokens[:1] == ["#"] else tokens


def _read_count(tokens: list[str]) -> Range | None:
    """A plain count or range, or a product worked out; none where anything is left over."""
    factors = _read_factors(_counting_words(tokens))
    if len(factors) == 1:
        single = factors[0]
        return None if single.counts_nodes or single.is_per_node else single.number
    return _product(factors) if factors else _read_total(tokens)


def _read_total(tokens: list[str]) -> Range | None:
    """The ``128`` of ``128 GPUs across 16 nodes``."""
    cut = next((index for index, token in enumerate(tokens) if token in _WHERE), 0)
    return _read_count(tokens[:cut]) if cut and _read_nodes(tokens[cut + 1 :]) else None


def _read_two_statements(tokens: list[str]) -> Range | None:
    """One count said in two ways: ``32 × 8 = 256``, ``64 (8 × 8)``, ``16 (2 nodes)``, ``2 nodes (16 in total)``."""
    first, second = _split(tokens)
    count, again = _read_count(first), _read_count(second)
    nodes, on_nodes = _read_nodes(first), _read_nodes(second)
    if count and again:
        return count if (count.low, count.high) == (again.low, again.high) else None
    if count:
        return count if on_nodes else None
    return again if nodes and again and ("total" in second or nodes.high == 1) else None


def _split(tokens: list[str]) -> tuple[list[str], list[str]]:
    if tokens.count("=") == 1:
        cut = tokens.index("=")
        return tokens[:cut], tokens[cut + 1 :]
    if tokens[-1:] == [")"] and "(" in tokens:
        cut = tokens.index("(")
        return tokens[:cut], tokens[cut + 1 : -1]
    return tokens, []


def _read_nodes(tokens: list[str]) -> Range | None:
    """The number of nodes that tokens state, and nothing else."""
    factors = _read_factors(_counting_words(tokens))
    return factors[0].number if len(factors) == 1 and factors[0].counts_nodes else None


def _counting_words(tokens: list[str]) -> list[str]:
    """The tokens with words such as *single*, *pair of*, *dual* as numbers."""
    table = {row["word"]: row["value"] for row in read_table("count_words")}
    if tokens[:1] in (["a"], ["an"], ["the"], ["each"]) and len(tokens) > 1:
        tokens = tokens[1:] if tokens[1] in table or tokens[1][0].isdigit() else tokens
    return [table.get(token, token) for token in tokens]


def _read_factors(tokens: list[str]) -> list[_Factor]:
    """The numbers of a product (one, for a plain count); none where anything is left over."""
    factors: list[_Factor] = []
    joints: set[str] = set()
    index = int(tokens[:1] == ["×"])
    while index < len(tokens):
        factor = _read_factor(tokens, index)
        if factor is None:
            return []
        factors.append(factor)
        index = _skip_joint(tokens, factor.end)
        joints.update(tokens[factor.end : index] or ["beside"] * (index < len(tokens)))
    return factors if len(factors) == 1 or _is_product(factors, joints, "total" in tokens) else []


def _is_product(factors: list[_Factor], joints: set[str], has_total: bool) -> bool:
    """Whether factors multiply: by a sign, or since they are nodes and what stands in each."""
    nodes = sum(factor.counts_nodes for factor in factors)
    if nodes == len(factors) or (nodes and has_total):
        return False
    if "beside" in joints:
        return len(factors) == 2 and factors[1].sizes_nodes and not factors[0].is_per_node
    if "(" in joints or any(factor.is_per_node for factor in factors):
        return nodes > 0 and any(factor.is_per_node for factor in factors)
    if "each" in joints and not factors[0].counts_nodes:  # on each of 4 nodes
        return nodes > 0
    return joints <= {"×"} or (factors[0].counts_nodes and not joints <= _COMMAS)


def _read_factor(tokens: list[str], index: int) -> _Factor | None:
    number = read_range(tokens, index)
    if number is None:
        return None
    begin = skip_restated(tokens, number)
    if _names_device(tokens[begin:]) and not (tokens[begin] == "×" and tokens[begin + 1][0].isdigit()):
        return _Factor(number, False, False, False, len(tokens))
    end = _skip_nouns(tokens, begin)
    has_device = not words_of("nouns", "device").isdisjoint(tokens[begin:end])
    node = tokens[end] if tokens[end : end + 1] and tokens[end] in words_of("nouns", "node") else ""
    per = _skip_per_node(tokens, end)
    is_per_node = per > end or (bool(node) and has_device and node.endswith("s"))
    return _Factor(number, bool(node) and not has_device, is_per_node, bool(node) and has_device, per + bool(node))


def _skip_nouns(tokens: list[str], index: int) -> int:
    """Past ``GPUs``, ``of``, ``NVIDIA``, ``A100``, and a closing ``×``."""
    fillers = words_of("nouns", "count_filler") - {"×", "(", ")", ",", "=", ":"}
    nouns = words_of("nouns", "device") | fillers
    index += tokens[index : index + 1] == ["×"] and not words_of("nouns", "device").isdisjoint(tokens[index + 1 :][:1])
    while index < len(tokens) and (skipped := 1 if tokens[index] in nouns else _device_length(tokens, index)):
        index += skipped
    return index + 1 if tokens[index:] == ["×"] else index


def _skip_per_node(tokens: list[str], index: int) -> int:
    """Past ``each``, ``per node`` and ``/ node``."""
    if tokens[index : index + 1] in (["per"], ["/"]) and tokens[index + 1 : index + 2]:
        return index + 2 if tokens[index + 1] in words_of("nouns", "node") else index
    return index + 1 if tokens[index:] in (["each"], ["each", ")"]) else index


def _skip_joint(tokens: list[str], index: int) -> int:
    """Past what joins two factors: ``×``, ``with``, ``on each of``; and past a bracket at the end."""
    if tokens[index : index + 1] == ["×"]:
        return index + 1
    while index < len(tokens) and (tokens[index] in _JOINTS or tokens[index:] == [")"]):
        index += 1
    return index


def _device_length(tokens: list[str], index: int) -> int:
    """How many tokens name a device; not the ``4`` of ``8 A100 and 4 V100``."""
    first = tokens[index] if index < len(tokens) else ""
    if not first.isalnum() or (first.isdigit() and len(first) < _DIGITS_OF_DEVICE):
        return 0
    pieces = (tokens[index : index + length] for length in range(_LONGEST_DEVICE, 0, -1))
    others = _JOINTS | words_of("nouns", "node") | {"per", "/"}
    fitting = (len(piece) for piece in pieces if others.isdisjoint(piece) and _names_device(piece))
    return next(fitting, 0)


def _names_device(tokens: list[str]) -> bool:
    """Whether tokens name a device: the ``A100 GPUs`` of ``8 × A100 GPUs``."""
    return (
        0 < len(tokens) <= _LONGEST_DESCRIPTION
        and normalize_hardware(_PLURAL.sub("s", " ".join(tokens))).value is not None
    )


def _product(factors: list[_Factor]) -> Range | None:
    """Product of single whole numbers."""
    product = Fraction(1)
    for number in (factor.number for factor in factors):
        if number.low != number.high or _whole(number.low) is None:
            return None
        product *= number.low
    return Range(product, product, False, factors[-1].end)


def _whole(number: Fraction) -> int | None:
    """A positive whole number of a size that a count can have, or nothing."""
    return int(number) if number.denominator == 1 and 0 < number <= _LARGEST else None
