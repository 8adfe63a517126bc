"""Numbers as they are written in text: digits with separators, scientific notation, suffixes, words and fractions.

A reader takes tokens and a position, and gives an :class:`Amount` that knows where it ends, or ``None``. Nothing is
guessed: a numeral whose separators can be read in two ways is no number.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from runspan.language.normalize.cleaning import fold
from runspan.language.normalize.tables import read_table

_NUMERAL = (
    r"(?:[0-9]{1,3}(?:[ ][0-9]{3})+(?![0-9])(?:[.,][0-9]+)?"  # 1 234 567
    r"|[0-9]+[/⁄][0-9]+(?![0-9/⁄])"  # 1/2
    r"|[0-9]+(?:[.,'_][0-9]+)*"
    r"|\.[0-9]+)"
    r"(?:e[+-]?[0-9]{1,2}(?![0-9a-z]))?"
)
_LATIN = "a-zß-öø-ɏ"
_TOKEN = re.compile(rf"{_NUMERAL}|x(?=[0-9])|[{_LATIN}][{_LATIN}0-9]*|[万萬亿億]|(?:(?![万萬亿億])[^\W\d_])+|\S")
_TENS_GLUED = re.compile(  # "sixtyfour", from "sixty-" at the end of a line
    r"\b(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?=one|two|three|four|five|six|seven|eight|nine)"
)
_TILDE_RANGE = re.compile(r"(?<=[0-9kmbth]) ?~ ?(?=[0-9])")
_DIGIT = re.compile(r"\.?[0-9]")
_SCIENTIFIC = re.compile(r"(.+)e([+-]?[0-9]+)")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}")
_GROUPED_ONCE = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}")  # "1,234 billion" is rather 1.234 than 1234 of them
_SPACED = re.compile(r"([1-9][0-9]{0,2}(?:([ '_])[0-9]{3})(?:\2[0-9]{3})*)(?:[.,]([0-9]+))?")
_DOTTED = re.compile(r"[1-9][0-9]{0,2}(?:(?:\.[0-9]{3}){2,}(?:,[0-9]+)?|\.[0-9]{3},[0-9]+)")
_DECIMAL = re.compile(r"[0-9]+|[0-9]*\.[0-9]+")
_ROUND = re.compile(r"[1-9][0-9]{0,2}\.000")  # a hundred, or a hundred thousand: "100.000"
_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]{1,2}|0,[0-9]+")
_FRACTION = re.compile(r"([0-9]{1,2})([/⁄])([1-9][0-9]?)")  # a slash can also mean "or": 2/3 days


@dataclass(frozen=True, slots=True)
class Amount:
    """A number read from tokens: its value, the scale word or suffix that closes it (1 if none), and where it ends."""

    value: Fraction
    scale: int
    end: int


@dataclass(frozen=True, slots=True)
class Range:
    """Two ends, the same for one number; whether the last had a scale word or suffix; and where it ends."""

    low: Fraction
    high: Fraction
    scaled: bool
    end: int


def tokenize(text: str) -> list[str]:
    """Lower-case tokens of a surface: numerals, words and single signs. ``×`` stands for every sign of a product.

    >>> tokenize("1.3 × 10⁹"), tokenize("32x8"), tokenize("14 V100-days"), tokenize("1 234 567")
    (['1.3', '×', '10', '^', '9'], ['32', '×', '8'], ['14', 'v100', '-', 'days'], ['1 234 567'])
    """
    folded = _TENS_GLUED.sub(r"\1 ", fold(text).lower().rstrip(" .,;:!?|\"'†‡§").lstrip(" ,;:!|\"'"))
    if folded[:1] + folded[-1:] in ("()", "[]"):
        folded = folded[1:-1]
    folded = _TILDE_RANGE.sub("-", folded)
    return ["×" if token == "x" else token for token in _TOKEN.findall(folded)]


def parse_number(text: str) -> Fraction | None:
    """The number that the whole text is, or ``None``.

    >>> [int(parse_number(text)) for text in ("34 billion", "1,234,567", "1 234", "1.3e9", "half a million")]
    [34000000000, 1234567, 1234, 1300000000, 500000]
    >>> parse_number("two and a half"), parse_number("1,5"), parse_number("1,23,4"), parse_number("several")
    (Fraction(5, 2), Fraction(3, 2), None, None)
    """
    tokens = tokenize(text)
    amount = read_amount(tokens, 0)
    return amount.value if amount and amount.end == len(tokens) else None


def is_numeral(token: str) -> bool:
    """Whether a token is written in digits.

    >>> is_numeral("1,024"), is_numeral("v100")
    (True, False)
    """
    return _DIGIT.match(token) is not None


def decode_numeral(token: str) -> Fraction | None:
    """Digits with their separators → number. ``None`` where the separators make no sense.

    >>> decode_numeral("1.234.567") == 1234567, decode_numeral("12,5") == 12.5, decode_numeral("1,2345")
    (True, True, None)
    """
    scientific = _SCIENTIFIC.fullmatch(token)
    if scientific:
        mantissa = decode_numeral(scientific[1])
        return None if mantissa is None else mantissa * Fraction(10) ** int(scientific[2])
    if "/" in token or "⁄" in token:
        return _decode_fraction(token) if "⁄" in token or token in ("1/2", "1/4") else None
    if _ROUND.fullmatch(token):
        return None
    if _DECIMAL.fullmatch(token):
        return Fraction(token)
    spaced = _SPACED.fullmatch(token)
    if spaced:
        return Fraction(re.sub(r"[ '_]", "", spaced[1]) + f".{spaced[3] or 0}")
    if _GROUPED.fullmatch(token):
        return Fraction(token.replace(",", ""))
    if _DOTTED.fullmatch(token) or _DECIMAL_COMMA.fullmatch(token):
        return Fraction(token.replace(".", "").replace(",", "."))
    return None


def _decode_fraction(token: str) -> Fraction | None:
    """``3⁄4``: a fraction below one."""
    part = _FRACTION.fullmatch(token)
    value = Fraction(int(part[1]), int(part[3])) if part else None
    return value if value is not None and 0 < value < 1 else None


def read_amount(tokens: list[str], start: int) -> Amount | None:
    """The longest number that begins at ``start``.

    >>> read_amount(["over", "2", "and", "a", "half", "million"], 1)
    Amount(value=Fraction(2500000, 1), scale=1000000, end=6)
    """
    amount = _read_part(tokens, start) or _read_digits(tokens, start) or _read_words(tokens, start)
    if amount is None:
        return None
    amount = _add_part(tokens, _apply_scales(tokens, _add_part(tokens, amount)))
    is_unclear = amount.scale >= 10**9 and _GROUPED_ONCE.fullmatch(tokens[start])
    return None if is_unclear else amount


def read_range(tokens: list[str], start: int) -> Range | None:
    """One number or a range of two. The first takes over the scale of the second: ``7–70B``. Falling ones are none.

    >>> read_range(["7", "-", "70", "b"], 0)
    Range(low=Fraction(7000000000, 1), high=Fraction(70000000000, 1), scaled=True, end=4)
    """
    opener = _at(tokens, start) if _at(tokens, start) in ("between", "from") else ""
    first = read_amount(tokens, start + bool(opener))
    if first is None:
        return None
    second = _read_second(tokens, first.end, opener)
    if second is None:
        return None if opener else Range(first.value, first.value, first.scale > 1, first.end)
    low = first.value * second.scale if first.scale == 1 else first.value
    low = low if low <= second.value else first.value
    return Range(low, second.value, second.scale > 1, second.end) if low <= second.value else None


def skip_restated(tokens: list[str], number: Range) -> int:
    """Where the tokens go on after a number that is said again in brackets: ``eight (8) GPUs``.

    >>> skip_restated(["eight", "(", "8", ")", "gpus"], Range(Fraction(8), Fraction(8), False, 1))
    4
    """
    again = read_range(tokens, number.end + 1) if _at(tokens, number.end) == "(" else None
    is_same = again is not None and (again.low, again.high) == (number.low, number.high)
    return again.end + 1 if again and is_same and _at(tokens, again.end) == ")" else number.end


def _read_second(tokens: list[str], index: int, opener: str) -> Amount | None:
    """The number after the ``to`` of a range."""
    connector = _at(tokens, index)
    if connector == "-" and _at(tokens, index + 1) == "-":
        index += 1
    if connector in ("-", "to", "until", "through") or (connector == "and" and opener == "between"):
        return read_amount(tokens, index + 1)
    return None


@cache
def _number_words(kind: str) -> dict[str, Fraction]:
    return {row["word"]: Fraction(row["value"]) for row in read_table("number_words") if row["kind"] == kind}


def _at(tokens: list[str], index: int) -> str:
    """A token, or nothing past the end."""
    return tokens[index] if index < len(tokens) else ""


def _read_digits(tokens: list[str], start: int) -> Amount | None:
    """A numeral, with a power of ten (``1.3 × 10^9``, ``10^9``) or a fraction (``5 1/2``) after it."""
    value = decode_numeral(_at(tokens, start)) if is_numeral(_at(tokens, start)) else None
    if value is None:
        return None
    power = _read_power(tokens, start)
    if power:
        return power
    power = _read_power(tokens, start + 2) if _at(tokens, start + 1) in ("×", "·") else None
    if power:
        return Amount(value * power.value, power.scale, power.end)
    fraction = _decode_fraction(_at(tokens, start + 1)) if value.denominator == 1 else None
    return Amount(value, 1, start + 1) if fraction is None else Amount(value + fraction, 1, start + 2)


def _read_power(tokens: list[str], start: int) -> Amount | None:
    """``10 ^ 9``, with a sign if there is one."""
    if tokens[start : start + 2] != ["10", "^"]:
        return None
    signed = _at(tokens, start + 2) in ("-", "+")
    exponent = _at(tokens, start + 2 + signed)
    if not exponent.isascii() or not exponent.isdigit() or len(exponent) > 2:
        return None
    sign = -1 if _at(tokens, start + 2) == "-" else 1
    value = Fraction(10) ** (sign * int(exponent))
    return Amount(value, max(1, int(value)), start + 3 + signed)


def _read_part(tokens: list[str], start: int) -> Amount | None:
    """``half a``, ``a quarter of a``, ``three quarters of an``: a fraction of what follows."""
    part = _read_fraction(tokens, start)
    if part is None:
        return None
    index = part.end
    for fillers in (("-", "of"), ("a", "an"), ("-",)):
        index += _at(tokens, index) in fillers and bool(_at(tokens, index + 1))
    return Amount(part.value, 1, index)


def _read_fraction(tokens: list[str], start: int) -> Amount | None:
    """``half``, ``a half``, ``three quarters``, ``1/2``."""
    words, leading = _number_words("fraction"), _number_words("article") | _number_words("unit")
    count = leading.get(_at(tokens, start))
    named = start + 1 + (_at(tokens, start + 1) == "-")
    if count is not None and _at(tokens, named) in words:
        return Amount(count * words[tokens[named]], 1, named + 1)
    if _at(tokens, start) in words:
        return Amount(words[tokens[start]], 1, start + 1)
    value = decode_numeral(tokens[start]) if set("/⁄") & set(_at(tokens, start)) else None
    return None if value is None else Amount(value, 1, start + 1)


def _add_part(tokens: list[str], amount: Amount) -> Amount:
    """``… and a half``: added to the number before it, in that number's scale."""
    index = amount.end + (_at(tokens, amount.end) == "-")
    if _at(tokens, index) != "and":
        return amount
    part = _read_fraction(tokens, index + 1 + (_at(tokens, index + 1) == "-"))
    return amount if part is None else Amount(amount.value + part.value * amount.scale, amount.scale, part.end)


def _apply_scales(tokens: list[str], amount: Amount) -> Amount:
    """``k``, ``M``, ``billion``, ``hundred thousand``, with or without a hyphen before a word."""
    words = _number_words("hundred") | _number_words("scale") | _number_words("dozen")
    while True:
        index = amount.end + (_at(tokens, amount.end) == "-" and _at(tokens, amount.end + 1) in words)
        token = _at(tokens, index)
        suffix = _number_words("suffix") if amount.scale == 1 else {}
        scale = words.get(token) or suffix.get(token)
        if scale is None or (amount.scale != 1 and not amount.scale < scale):
            return amount
        amount = Amount(amount.value * scale, amount.scale * int(scale), index + 1)


def _read_words(tokens: list[str], start: int) -> Amount | None:
    """A number in words, scale by falling scale: ``two thousand and forty-eight``, ``one point five``."""
    scales = _number_words("scale")
    if _at(tokens, start) in _number_words("article"):
        if _at(tokens, start + 1) not in scales.keys() | {"hundred"}:
            return Amount(Fraction(1), 1, start + 1)
        tokens = [*tokens[:start], "one", *tokens[start + 1 :]]
    total, index, last, scale = Fraction(0), start, Fraction(10**15), 1
    while (group := _read_group(tokens, index)) is not None and last > 1:
        step = scales.get(_at(tokens, group.end), Fraction(1))
        if step >= last:
            break
        total, last, index = total + group.value * step, step, group.end + (step > 1)
        scale = int(step) if step > 1 else group.scale
        index += last > 1 and _at(tokens, index) == "and" and _read_group(tokens, index + 1) is not None
    return _read_point(tokens, Amount(total, scale, index)) if total else None


def _read_group(tokens: list[str], start: int) -> Amount | None:
    """A number below a thousand (or ``twelve hundred``) in words."""
    small = _read_below_hundred(tokens, start)
    index = start if small is None else small.end
    if _at(tokens, index) != "hundred":
        return small
    value = (small.value if small else Fraction(1)) * 100
    rest_at = index + 1 + (_at(tokens, index + 1) == "and")
    rest = _read_below_hundred(tokens, rest_at)
    return Amount(value + rest.value, 1, rest.end) if rest else Amount(value, 100, index + 1)


def _read_below_hundred(tokens: list[str], start: int) -> Amount | None:
    units, tens = _number_words("unit"), _number_words("ten")
    word = _at(tokens, start)
    single = units.get(word) or _number_words("teen").get(word)
    if single:
        return Amount(single, 1, start + 1)
    if word not in tens:
        return None
    unit_at = start + 1 + (_at(tokens, start + 1) == "-")
    unit = units.get(_at(tokens, unit_at))
    return Amount(tens[word] + unit, 1, unit_at + 1) if unit else Amount(tens[word], 1, start + 1)


def _read_point(tokens: list[str], amount: Amount) -> Amount:
    """``one point five``: digits in words after the point."""
    if amount.scale != 1 or _at(tokens, amount.end) != "point":
        return amount
    digits, index, units = "", amount.end + 1, _number_words("unit") | {"zero": Fraction(0)}
    while _at(tokens, index) in units:
        digits, index = digits + str(units[tokens[index]]), index + 1
    return Amount(amount.value + Fraction(f"0.{digits}"), 1, index) if digits else amount
