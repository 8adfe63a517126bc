"""Countries of a paper's authors: stated in its front matter, or inferred from what stands there.

The evidence is taken in this order, and each part of it says what it was inferred from:

1. countries that are named;
2. universities, institutes and cities on lines without a named country;
3. e-mail addresses; those under ``.edu`` and its like only where no university is known, since theirs go abroad;
4. companies, only where all these give nothing: their seat need not be where their authors work.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from runspan.base.documents import Document
from runspan.base.records import FieldValue
from runspan.base.values import Country
from runspan.language.email_domains import countries_of_addresses
from runspan.language.institutions import CITY, COMPANY, Institution, find_institutions

_INFERRED_SCORE = 0.5  # no model looked at it


@dataclass(frozen=True, slots=True)
class Clue:
    """What a country is inferred from: ``start:end`` of the text."""

    country: Country
    source: str
    start: int
    end: int


def infer_countries(document: Document, front: int, stated: Sequence[FieldValue]) -> list[FieldValue]:
    """Countries of the authors that the front matter, which ends at ``front``, does not state.

    Args:
        document: A paper.
        front: Characters of its front matter.
        stated: The countries that are named there, with their mentions.

    Returns:
        A field a country, in order of the text, with all that it was inferred from as its mentions.
    """
    named = [mention for field in stated for mention in field.mentions if mention[0] < front]
    institutions = list(find_institutions(document.text, front))
    places = [found for found in institutions if found.kind != COMPANY]
    addresses = [a for a in countries_of_addresses(document.text, front) if a.is_national or not places]
    clues = _of_lines_without(named, places, document.text)
    clues += [Clue(address.country, "email_domain", address.start, address.end) for address in addresses]
    if not clues and not named:
        clues = [Clue(found.country, COMPANY, found.start, found.end) for found in institutions]
    known = {field.value.as_dict()["value"] for field in stated}
    return _fields([clue for clue in clues if clue.country.value not in known], document)


def _of_lines_without(named: Iterable[tuple[int, int]], places: Iterable[Institution], text: str) -> list[Clue]:
    """Clues of the lines that name no country; on a line with a city, only the city."""
    taken = {_line(text, start) for start, _ in named}
    by_line: dict[int, list[Institution]] = defaultdict(list)
    for place in places:
        by_line[_line(text, place.start)].append(place)
    clues = []
    for line, found in by_line.items():
        cities = [place for place in found if place.kind == CITY]
        if line not in taken:
            clues += [Clue(place.country, "institution", place.start, place.end) for place in cities or found]
    return clues


def _line(text: str, offset: int) -> int:
    """Where the line of a character begins."""
    return text.rfind("\n", 0, offset) + 1


def _fields(clues: Sequence[Clue], document: Document) -> list[FieldValue]:
    by_country: dict[Country, list[Clue]] = defaultdict(list)
    for clue in sorted(clues, key=lambda clue: clue.start):
        by_country[clue.country].append(clue)
    return [
        FieldValue(
            value=country,
            text=document.text[found[0].start : found[0].end],
            start=found[0].start,
            end=found[0].end,
            score=_INFERRED_SCORE,
            mentions=tuple((clue.start, clue.end) for clue in found),
            inferred_from=found[0].source,
        )
        for country, found in by_country.items()
    ]
