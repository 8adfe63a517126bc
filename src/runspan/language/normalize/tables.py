"""The tables that normalisers look things up in: CSV files beside this module, read once."""

import csv
from functools import cache
from importlib.resources import files

Row = dict[str, str]


@cache
def read_table(name: str) -> tuple[Row, ...]:
    """Rows of ``tables/NAME.csv``, one ``dict`` a row. Callers share them and must not change them.

    >>> read_table("time_units")[0]
    {'word': 'second', 'seconds': '1'}
    """
    text = files(__package__).joinpath("tables", f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def words_of(name: str, kind: str) -> frozenset[str]:
    """The ``word`` column of the rows of one kind.

    >>> "parameters" in words_of("nouns", "params")
    True
    """
    return frozenset(row["word"] for row in read_table(name) if row["kind"] == kind)
