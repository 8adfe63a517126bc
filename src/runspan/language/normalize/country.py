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
_BRACKETS = re.compile(r"([^()]*[^() ]) ?\(([^()]+)\)")
_DIRECTIONS = frozenset({"north", "south", "east", "west", "northern", "southern", "eastern", "western"})
_FLAG = re.compile("([\U0001f1e6-\U0001f1ff])([\U0001f1e6-\U0001f1ff])")
_FLAG_LETTERS = {code: chr(code - 0x1F1E6 + ord("A")) for code in range(0x1F1E6, 0x1F200)}
_ARTICLE = re.compile(r"^[Tt]he (?=[A-Z])")
_INITIALS = re.compile(r"\b([a-z]) (?=[a-z]\b)")


def normalize_country(text: str) -> Country:
    """The country that a name means. Continents, towns, adjectives and lower-case codes are none.

    >>> normalize_country("the United States"), normalize_country("P. R. China").value
    (Country(value='US', name='United States'), 'CN')
    >>> normalize_country("Bengaluru, India").value, normalize_country("Europe").value, normalize_country("us").value
    ('IN', None, None)
    >>> normalize_country("France (Paris)").value, normalize_country("🇫🇷 France").value
    ('FR', 'FR')
    """
    surface = _ARTICLE.sub("", fold(text).strip(" ,;:!?\"'[]|-"))
    flag = _FLAG.match(surface)
    if flag:
        return _of_flag(flag, surface)
    surface = surface[1:-1] if surface[:1] + surface[-1:] == "()" else surface
    code = _look_up(surface) or _after_comma(surface) or _beside_brackets(surface)
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


def _of_flag(flag: re.Match[str], surface: str) -> Country:
    """The country of a flag, if the name after it says no other one."""
    country = country_of_code(flag[0].translate(_FLAG_LETTERS))
    rest = surface[flag.end() :]
    return country if not rest.strip() or normalize_country(rest) == country else Country()


def _beside_brackets(surface: str) -> str | None:
    """Code of the one country in ``Country (Place)``, ``Place (Country)`` or ``Country (CODE)``."""
    brackets = _BRACKETS.fullmatch(surface)
    if brackets is None or _key(brackets[2]).split(" ")[0] in _DIRECTIONS | {"and", "or"}:
        return None
    outside, inside = _look_up(brackets[1]), _look_up(brackets[2])
    return inside or outside if None in (outside, inside) or outside == inside else None


def _after_comma(surface: str) -> str | None:
    """Code of the last part of ``City, Country``, unless a part before it is another country."""
    *places, last = (part.strip() for part in surface.split(","))
    key = _key(last)
    code = _look_up(last)
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
