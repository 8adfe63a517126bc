"""Countries: names and a few codes → ISO 3166-1 alpha-2.

Own tables come first. Names that they lack, those of other languages above all, are looked up exactly in the package
countrynames; it also knows towns, counties and peoples, which ``not_countries.csv`` keeps out.
"""

import re
import unicodedata
import warnings
from functools import cache

import countrynames

from runspan.base.values import Country
from runspan.language.normalize.cleaning import fold
from runspan.language.normalize.tables import read_table

_CODES = {"US": "US", "USA": "US", "UK": "GB", "UAE": "AE", "PRC": "CN", "ROK": "KR", "DPRK": "KP", "KSA": "SA"}
_ALSO_A_PLACE = frozenset({"georgia", "jersey"})  # "Atlanta, Georgia"
_SHORTEST_NAME = 4
_ARTICLE = re.compile(r"^[Tt]he (?=[A-Z])")
_INITIALS = re.compile(r"\b([a-z]) (?=[a-z]\b)")


def normalize_country(text: str) -> Country:
    """The country that a name means. Continents, towns, adjectives and lower-case codes are none.

    >>> normalize_country("the United States"), normalize_country("P. R. China").value
    (Country(value='US', name='United States'), 'CN')
    >>> normalize_country("Bengaluru, India").value, normalize_country("Europe").value, normalize_country("us").value
    ('IN', None, None)
    """
    surface = _ARTICLE.sub("", fold(text).strip(" ,;:!?\"'()[]|-"))
    code = _look_up(surface) or _after_comma(surface)
    return Country(code, _names()[code]) if code else Country()


def country_of_code(code: str) -> Country:
    """The country of an ISO 3166-1 alpha-2 code; the empty one for a code that is none.

    >>> country_of_code("FR")
    Country(value='FR', name='France')
    """
    return Country(code, _names()[code]) if code in _names() else Country()


def _look_up(surface: str) -> str | None:
    """Code of a surface that is a name or a code as a whole."""
    letters = surface.replace(".", "").replace(" ", "")
    if letters in _CODES:
        return _CODES[letters]
    key = _key(surface)
    if key in _not_countries():
        return None
    if key in _own_names():
        return _own_names()[key]
    if key.isascii() and len(key) < _SHORTEST_NAME:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it would like a faster transliteration
        code: str | None = countrynames.to_code(surface)
    return code if code in _names() else None


def _after_comma(surface: str) -> str | None:
    """Code of the last part of ``City, Country``, unless a part before it is another country."""
    *places, last = (part.strip() for part in surface.split(","))
    key = _key(last)
    code = _CODES.get(last.replace(".", "").replace(" ", "")) or _own_names().get(key)
    if (
        not places
        or key in _ALSO_A_PLACE | _not_countries()
        or not all(any(map(str.isalpha, place)) for place in places)
    ):
        return None
    others = {_own_names().get(_key(place)) for place in places} - {None, code}
    return None if others else code


@cache
def _names() -> dict[str, str]:
    return {row["iso2"]: row["name"] for row in read_table("countries")}


@cache
def _own_names() -> dict[str, str]:
    """Keys of the own tables. Codes among the aliases count in capitals only, and are not here."""
    names = [(row["name"], row["iso2"]) for row in read_table("countries")]
    names += [(row["alias"], row["iso2"]) for row in read_table("country_aliases")]
    return {_key(name): code for name, code in names if name.replace(".", "") not in _CODES}


@cache
def _not_countries() -> frozenset[str]:
    return frozenset(_key(row["name"]) for row in read_table("not_countries"))


def _key(name: str) -> str:
    """A name in small plain letters, without "the", dots, accents and signs.

    >>> _key("The Côte d’Ivoire"), _key("P. R. China")
    ('cote d ivoire', 'pr china')
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", fold(name).casefold()) if not unicodedata.combining(c))
    words = re.sub(r"[^\w]+", " ", plain.replace(".", " ").replace("&", " and ")).strip()
    return _INITIALS.sub(r"\1", words).removeprefix("the ").strip()
