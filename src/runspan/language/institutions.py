"""Names of universities, cities and companies in a text → the country of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import regex

from runspan.base.values import Country
from runspan.language.normalize.country import country_of_code
from runspan.language.normalize.tables import read_table

INSTITUTION, CITY, COMPANY = "institution", "city", "company"


@dataclass(frozen=True, slots=True)
class Institution:
    """A name at ``start:end`` of the text, its country, and what it names.

    Attributes:
        kind: ``institution`` (a university or public institute), ``city``, or ``company``, whose country is that of
            its seat.
    """

    country: Country
    kind: str
    start: int
    end: int


def find_institutions(text: str, end: int | None = None) -> Iterator[Institution]:
    """Known names in ``text[:end]``, in order, the longest where several begin at one place.

    >>> text = "1NYU Shanghai, 2 Carnegie Mellon\\nUniversity, Yamaha"
    >>> [(found.country.value, found.kind, found.start, found.end) for found in find_institutions(text)]
    [('CN', 'institution', 1, 13), ('US', 'institution', 17, 43), ('JP', 'company', 45, 51)]
    """
    line = text[:end].replace("\n", " ")
    table, pattern = _table()
    for match in pattern.finditer(line):
        code, kind = table[match[0].casefold()]
        yield Institution(country_of_code(code), kind, *match.span())


@cache
def _table() -> tuple[dict[str, tuple[str, str]], "regex.Pattern[str]"]:
    """Country code and kind of each name in small letters, and a pattern that finds them.

    A name of one word must stand as it is written (Apple is no apple); longer ones in letters of any case.
    """
    rows = read_table("institutions")
    short = [row["name"] for row in rows if " " not in row["name"]]
    long = [row["name"].casefold() for row in rows if " " in row["name"]]
    pattern = regex.compile(r"(?<!\p{L})(?:(?i:\L<long>)|\L<short>)(?![\w-])", short=short, long=long)
    return {row["name"].casefold(): (row["iso2"], row["kind"]) for row in rows}, pattern
