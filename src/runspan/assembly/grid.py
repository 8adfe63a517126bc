"""Country and year → greenhouse gases of a kWh of electricity."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import fmean

from runspan.assembly.assumptions import read_rows
from runspan.base.estimates import Interval

WORLD = "WORLD"


@dataclass(frozen=True, slots=True)
class Grid:
    """Intensity of the electricity of some places.

    Attributes:
        g_per_kwh: Grams of CO2 equivalent a kWh.
        countries: ISO 3166-1 alpha-2 codes, or ``WORLD``.
        years: Years of the data, for each country those nearest to the years asked for.
    """

    g_per_kwh: Interval
    countries: tuple[str, ...]
    years: tuple[int, ...]


def grid_intensity(countries: Sequence[str], years: Sequence[int]) -> Grid | None:
    """Mean, least and greatest intensity over countries and years; ``None`` where a country has no data.

    The nearest year that a country has data of is taken, the later of two.

    >>> grid_intensity(["FR"], [2023])
    Grid(g_per_kwh=Interval(value=55.275, low=55.275, high=55.275), countries=('FR',), years=(2023,))
    >>> grid_intensity(["FR"], [2031]).years, grid_intensity(["AQ"], [2020])
    ((2024,), None)
    """
    if not countries or not years or any(country not in _intensities() for country in countries):
        return None
    found: list[float] = []
    nearest: set[int] = set()
    for country in countries:
        for year in years:
            data_year = _nearest(_intensities()[country], year)
            nearest.add(data_year)
            found.append(_intensities()[country][data_year])
    return Grid(Interval(_mean(found), min(found), max(found)), tuple(countries), tuple(sorted(nearest)))


def _nearest(years: Iterable[int], wanted: int) -> int:
    return min(years, key=lambda year: (abs(year - wanted), -year))


@cache
def _intensities() -> dict[str, dict[int, float]]:
    table: dict[str, dict[int, float]] = defaultdict(dict)
    for row in read_rows("grid_intensity"):
        table[row["country"]][int(row["year"])] = float(row["gco2e_per_kwh"])
    return dict(table)


def _mean(values: list[float]) -> float:
    """The mean, within the values even where rounding would take it out."""
    return min(max(fmean(values), min(values)), max(values))
