"""E-mail addresses in a text → the country that each one's domain stands for."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import regex

from runspan.base.values import Country
from runspan.language.normalize.country import country_of_code
from runspan.language.normalize.tables import read_table

# The part before the @ may be a list: {ann, bob}@x.org. Bounded repeats keep this linear on any text.
_ADDRESS = regex.compile(r"(?<=[\w}\])>.])\s?@\s?((?:[A-Za-z0-9-]{1,63}+\.){1,8}[A-Za-z]{2,24})(?![\w-])")


@dataclass(frozen=True, slots=True)
class DomainCountry:
    """The country of an address's domain, which stands at ``start:end`` of the text.

    Attributes:
        is_national: Whether the domain ends in the country's own code; ``.edu``, say, doesn't.
    """

    country: Country
    start: int
    end: int
    is_national: bool


def countries_of_addresses(text: str, end: int | None = None) -> Iterator[DomainCountry]:
    """Countries of the e-mail addresses in ``text[:end]``, an item an address whose domain is a country's.

    >>> [(found.country.value, found.start) for found in countries_of_addresses("a@jku.at, {b, c}@cs.cmu.edu, d@x.ai")]
    [('AT', 2), ('US', 17)]
    """
    for match in _ADDRESS.finditer(text, endpos=len(text) if end is None else end):
        country = country_of_domain(match[1])
        if country.value is not None:
            is_national = match[1].rpartition(".")[2].upper() == country.value or match[1].endswith(".uk")
            yield DomainCountry(country, match.start(1), match.end(1), is_national)


def country_of_domain(domain: str) -> Country:
    """The country that a domain stands for, by its longest suffix in the table, then by its country code.

    >>> country_of_domain("mail.tsinghua.edu.cn").value, country_of_domain("qmul.ac.uk").value
    ('CN', 'GB')
    >>> country_of_domain("gmail.com").value is None
    True
    """
    labels = domain.lower().split(".")
    for i in range(len(labels)):
        known = _domains().get(".".join(labels[i:]))
        if known is not None:
            return country_of_code(known)
    return country_of_code(labels[-1].upper())


@cache
def _domains() -> dict[str, str]:
    return {row["domain"]: row["iso2"] for row in read_table("email_domains")}
