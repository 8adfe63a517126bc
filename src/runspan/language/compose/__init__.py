"""The composer: tagged documents → more training documents, every label still on its own characters."""

import csv
from functools import cache
from importlib.resources import files

Row = dict[str, str]


@cache
def read_rows(name: str) -> tuple[Row, ...]:
    """Rows of ``tables/NAME.csv``, one ``dict`` a row. Callers share them and must not change them.

    >>> read_rows("running_heads")[0]
    {'head': 'Preprint. Under review.'}
    """
    text = files(__package__).joinpath("tables", f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
