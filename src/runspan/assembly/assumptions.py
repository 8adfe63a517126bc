"""The tables of this floor, and the one of all figures and rules that estimates and warnings rest on."""

import csv
from functools import cache
from importlib.resources import files

from runspan.base.estimates import Interval

Row = dict[str, str]


@cache
def read_rows(name: str) -> tuple[Row, ...]:
    """Rows of ``tables/NAME.csv``, one ``dict`` a row. Callers share them and must not change them.

    >>> read_rows("divided_devices")[0]["family"]
    'NVIDIA Tesla K80'
    """
    text = files(__package__).joinpath("tables", f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def _assumptions() -> dict[str, Row]:
    return {row["name"]: row for row in read_rows("assumptions")}


def figure(name: str) -> Interval:
    """An assumed figure.

    >>> figure("flop_utilisation")
    Interval(value=0.3, low=0.1, high=0.6)
    """
    row = _assumptions()[name]
    return Interval(float(row["value"]), float(row["low"]), float(row["high"]))


def rule(name: str) -> str:
    """An assumed rule, in words.

    >>> rule("several_countries")[:45]
    'intensity: the mean over the countries stated'
    """
    return _assumptions()[name]["meaning"]


def meaning_of(name: str) -> str | None:
    """What an assumed figure or rule means; ``None`` for what stands beside them (the name of a device, say).

    >>> meaning_of("pue")[:28], meaning_of("device")
    ('power usage effectiveness: p', None)
    """
    row = _assumptions().get(name)
    return row["meaning"] if row else None
