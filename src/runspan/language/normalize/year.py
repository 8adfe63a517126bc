"""Years, bare or inside dates: ``2023``, ``March 2024``, ``2019-2020``."""

import re

from runspan.base.values import Year
from runspan.language.normalize.cleaning import fold
from runspan.language.normalize.qualifiers import take_qualifiers
from runspan.language.normalize.tables import words_of

FIRST_YEAR, LAST_YEAR = 1950, 2047  # 2048 is rather a width or a batch size

_TIME_ZONE = r"(?:z| ?utc| ?[+-][0-9]{2}:?[0-9]{2})?"
_TIME_OF_DAY = re.compile(rf"(?<=[0-9])(?:t| |, )[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:\.[0-9]+)?)?{_TIME_ZONE}$")
_SHORT_RANGE = re.compile(r"(?<![0-9])((?:19|20)[0-9])([0-9])( ?[-/] ?)([0-9]{2})(?![0-9]|[-/.][0-9])")
_TOKEN = re.compile(r"[0-9]+|[a-zß-öø-ɏ][a-zß-öø-ɏ0-9]*|[^\W\d_]|\S")


def normalize_year(text: str) -> Year:
    """The one year that a date states; of two years only a rising range is kept, as ``low`` and ``high``.

    >>> normalize_year("15 March 2024").value, normalize_year("2023-09-01").value, normalize_year("1024").value
    (2024, 2023, None)
    >>> normalize_year("2019–20")
    Year(value=None, low=2019, high=2020, qualifier=None)
    """
    line = _SHORT_RANGE.sub(_spell_range, _TIME_OF_DAY.sub("", fold(text).lower())).strip(" ;\"'*†‡§")
    words = _TOKEN.findall(line)
    taken = take_qualifiers(words)
    if taken is None or words[:1] in (["after"], ["before"]):
        return Year()
    tokens, qualifier = taken
    years = [int(token) for token in tokens if len(token) == 4 and token.isascii() and token.isdigit()]
    if not all(FIRST_YEAR <= year <= LAST_YEAR for year in years) or not _is_date(tokens, len(years)):
        return Year()
    if len(set(years)) == 1:
        return Year(years[0], qualifier=qualifier)
    if len(years) == 2 and years[0] < years[1] and _is_range(tokens):
        return Year(None, years[0], years[1], qualifier)
    return Year()


def _spell_range(match: re.Match[str]) -> str:
    """``2019-20`` → ``2019-2020``. Up to 12 the end can be a month, and the text stays."""
    decade, digit, joint, end = match.groups()
    rises = int(end) > 12 and int(end) > int(decade[2] + digit)
    return f"{decade}{digit}{joint}{decade[:2]}{end}" if rises else match[0]


def _is_date(tokens: list[str], years: int) -> bool:
    """Whether everything beside the years is a part of dates: names of months, days, at most two numbers a year."""
    others = [token for token in tokens if not (len(token) == 4 and token.isdigit())]
    numbers = [token for token in others if token.isdigit()]
    words = [token for token in others if not token.isdigit()]
    days = all(token.isascii() and len(token) <= 2 and int(token) <= 31 for token in numbers)
    return days and len(numbers) <= 2 * years and all(_is_date_word(word) for word in words)


def _is_date_word(word: str) -> bool:
    return word in words_of("date_words", "date") or word in ("to", "between", "and", "until", "through")


def _is_range(tokens: list[str]) -> bool:
    """Whether a sign or word of a range joins the years: ``2019-2020``, ``from 2019 to 2020``."""
    joined = "between" in tokens and "and" in tokens
    return joined or any(word in tokens for word in ("-", "to", "until", "through", "/"))
