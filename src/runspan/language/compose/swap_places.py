"""Countries, the towns before them, and years swapped for others."""

import re
from collections.abc import Iterator
from functools import cache
from random import Random

from runspan.base.documents import Document
from runspan.language.compose import read_rows
from runspan.language.compose.edit import Edit, Swaps, is_outside, surfaces_of
from runspan.language.normalize.tables import read_table

_YEAR = re.compile(r"(?<![\w.,/-])20[12]\d(?![\w/-])")
_TOWN = re.compile(r"(?:, |\n|\(|\b(?:in|at|near) )((?:[^\W\d_a-z][\w.'’-]*[ -])*[^\W\d_a-z][\w'’-]*),\s$")
_SCHOOL = re.compile(
    r"\b(?:[a-z]{4,}|(?:Univ|Inst|Lab|Dep|Cent|Coll|Acad|Tech|School|Serv|Soc|Min|Bank|Ltd|Inc)\w*)\b|[A-Z]{3}"
)
EARLIEST, _LATEST, _FARTHEST = 2012, 2026, 4


@cache
def _codes() -> dict[str, str]:
    """Country names in small letters → code."""
    rows = [(row["name"], row["iso2"]) for row in read_table("countries")]
    rows += [(row["alias"], row["iso2"]) for row in read_table("country_aliases")]
    return {
        name.lower(): code for name, code in [*rows, *((row["form"], row["iso2"]) for row in read_rows("countries"))]
    }


def swap_countries(document: Document, random: Random) -> Swaps:
    """Countries by others; *the* before a name, or a sentence around it, limits what can stand there."""
    spans = [span for span in document.spans if span.label == "country"]
    code_of = {
        s: _codes().get(" ".join(s.replace("-\n", "").split()).lower(), "") for s in surfaces_of(document, "country")
    }
    chosen: dict[str, str] = {}
    swaps = {}
    for surface, code in code_of.items():
        before = [document.text[max(0, s.start - 24) : s.start] for s in spans if document.surface(s) == surface]
        article = {"the": "1", "in": "0"}.get(_words_before(before), "")
        rows = [row for row in read_rows("countries") if not article or row["article"] == article]
        rows = [row for row in rows if row["iso2"] == chosen.get(code, row["iso2"])]
        if code not in chosen:
            rows = [row for row in rows if row["iso2"] not in {*code_of.values(), *chosen.values()}]
        if not code or not rows:
            continue
        row = random.choices(rows, [int(row["weight"]) for row in rows])[0]
        chosen[code] = row["iso2"]
        swaps[surface] = row["form"].upper() if surface.isupper() and len(surface) > 4 else row["form"]
    return swaps


def _words_before(befores: list[str]) -> str:
    """``"the"`` or ``"in"`` for what stands before the mentions of a country, nothing where all stand by themselves."""
    if any(re.search(r"\bthe\s+$", before, re.I) for before in befores):
        return "the"
    return "in" if any(re.search(r"[a-z]\s+$", before) for before in befores) else ""


def swap_towns(document: Document, countries: Swaps, random: Random) -> Iterator[Edit]:
    """Towns before swapped countries: ``Espoo, Finland`` → ``Lyon, France``; schools and firms stay."""
    towns = {row["iso2"]: row["cities"].split(" | ") for row in read_rows("cities")}
    for span in document.spans:
        code = _codes().get(countries.get(document.surface(span), "").lower(), "") if span.label == "country" else ""
        town = _TOWN.search(document.text, max(0, span.start - 60), span.start)
        if code in towns and town and is_outside(document.spans, *town.span(1)) and not _SCHOOL.search(town[1]):
            yield Edit(*town.span(1), random.choice(towns[code]))


def swap_years(document: Document, random: Random, newest: int) -> Swaps:
    """All years moved by the same number, to no year before what the text speaks of."""
    years = [int(surface) for surface in surfaces_of(document, "year") if _YEAR.fullmatch(surface)]
    if not years:
        return {}
    told = [int(match[0]) for match in _YEAR.finditer(document.text)]
    untagged = max((y for y in told if y <= max(years) and y not in years), default=EARLIEST)
    lowest = max(EARLIEST - min(years), max(newest, untagged) - max(years), -_FARTHEST)
    moves = [move for move in range(lowest, min(_LATEST - max(years), _FARTHEST) + 1) if move]
    move = random.choice(moves) if moves else 0
    return {str(year): str(year + move) for year in years if move}
