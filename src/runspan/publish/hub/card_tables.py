"""The tables of the cards: licences, languages, sentences to try a model on."""

import csv
from functools import cache
from importlib.resources import files

Row = dict[str, str]


@cache
def read_rows(name: str) -> tuple[Row, ...]:
    """Rows of ``tables/NAME.csv``, one ``dict`` a row. Callers share them and must not change them.

    >>> read_rows("widget_examples")[0]["title"]
    'One run in a sentence'
    """
    text = files(__package__).joinpath("tables", f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def licenses() -> frozenset[str]:
    """Identifiers of licences that the hub knows.

    >>> "apache-2.0" in licenses(), "gpl-2.0-or-later" in licenses()
    (True, False)
    """
    return frozenset(row["id"] for row in read_rows("licenses"))


@cache
def languages() -> frozenset[str]:
    """Two-letter codes of languages.

    >>> "en" in languages(), "no" in languages(), "xx" in languages()
    (True, True, False)
    """
    return frozenset(row["code"] for row in read_rows("languages"))
