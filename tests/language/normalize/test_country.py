"""Countries: rows of (surface, expected)."""

import pytest

from runspan.base.values import Country
from runspan.language.normalize import normalize
from runspan.language.normalize.tables import read_table
from tests.language.normalize.rows import nothing

COUNTRY = [
    ("the Netherlands", "NL"),
    ("the UK", "GB"),
    ("The U.S.", "US"),
    ("The Gambia", "GM"),
    ("The Netherlands", "NL"),
    ("US", "US"),
    ("U.S.", "US"),
    ("U. S. A.", "US"),
    ("united states of america", "US"),
    ("United\nStates", "US"),
    ("**Germany**", "DE"),
    ("Germany.", "DE"),
    ("(Germany)", "DE"),
    ("UAE", "AE"),
    ("U.A.E.", "AE"),
    ("U.K.", "GB"),
    ("England", "GB"),
    ("Scotland", "GB"),
    ("Wales", "GB"),
    ("Northern Ireland", "GB"),
    ("Great Britain", "GB"),
    ("P.R.China", "CN"),
    ("PR China", "CN"),
    ("People’s Republic of China", "CN"),
    ("Korea", "KR"),
    ("S. Korea", "KR"),
    ("Korea, Republic of", "KR"),
    ("North Korea", "KP"),
    ("Hong Kong SAR", "HK"),
    ("Hong Kong, China", "HK"),
    ("Taiwan, R.O.C.", "TW"),
    ("Türkiye", "TR"),
    ("Turkey", "TR"),
    ("Czechia", "CZ"),
    ("the Czech Republic", "CZ"),
    ("Viet Nam", "VN"),
    ("Côte d’Ivoire", "CI"),
    ("Cote d'Ivoire", "CI"),
    ("Russian Federation", "RU"),
    ("Iran (Islamic Republic of)", "IR"),
    ("Bosnia & Herzegovina", "BA"),
    ("DR Congo", "CD"),
    ("Georgia", "GE"),
    ("Deutschland", "DE"),
    ("中国", "CN"),
    ("Bengaluru, India", "IN"),
    ("California, USA", "US"),
    ("London, UK", "GB"),
    ("München, Deutschland", "DE"),
    ("France (Paris)", "FR"),
    ("Virginia (USA)", "US"),
    ("Germany (DE)", "DE"),
    ("People's Republic of China (PRC)", "CN"),
    ("Korea (North)", "KP"),
    ("Virgin Islands (US)", "VI"),
    ("Česko", "CZ"),
    ("한국", "KR"),
    ("🇫🇷", "FR"),
    ("🇫🇷 France", "FR"),
    *nothing("""
        in | it | us | no | usa | FR | FRA | EU | European Union | Asia | Africa | South America | Antarctica |
        World | Middle East | California | Paris | Washington | Paris, Texas | Atlanta, Georgia | France, Germany |
        France and Germany | France (and Germany) | Georgia (US) | Paris (Texas) | 🇪🇺 | 🇺🇸 🇬🇧 | French | German |
        Chinese | Congo | here | War | us-east1 | Soviet Union | n/a
    """),
]


@pytest.mark.parametrize(("text", "expected"), COUNTRY)
def test_country(text: str, expected: str | None) -> None:
    country = normalize("country", text)
    assert isinstance(country, Country)
    assert country.value == expected
    assert (country.name is None) == (expected is None)


def test_every_country_name_resolves_to_its_code() -> None:
    # Antarctica is a continent, and Saint Martin has two countries
    names = [(row["name"], row["iso2"]) for row in read_table("countries") if row["iso2"] not in ("AQ", "MF")]
    aliases = [(row["alias"], row["iso2"]) for row in read_table("country_aliases")]
    assert [pair for pair in names + aliases if normalize("country", pair[0]).value != pair[1]] == []


def test_not_countries_resolve_to_nothing() -> None:
    names = [row["name"] for row in read_table("not_countries")]
    assert [name for name in names if normalize("country", name).value] == []
