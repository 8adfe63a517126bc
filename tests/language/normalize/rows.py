"""What the rows of the normalisers' tests are written with."""

from typing import Final

from runspan.base.values import Duration, Quantity

ABOUT: Final = "approximately"
AT_LEAST: Final = "at least"
AT_MOST: Final = "at most"
CLOCK: Final = "wall_clock"
DEVICES: Final = "accelerator_hours"
K, M, B = 10**3, 10**6, 10**9
DAY, WEEK, MONTH, YEAR = 24.0, 168.0, 730.5, 8766.0


def nothing(surfaces: str) -> list[tuple[str, None]]:
    """Rows of surfaces, between bars, that have no value."""
    return [(surface.strip(), None) for surface in surfaces.split("|")]


def unresolved(surfaces: str) -> list[tuple[str, None, None, None]]:
    """Rows of surfaces, between bars, that name no one device."""
    return [(surface.strip(), None, None, None) for surface in surfaces.split("|")]


def quantity(value: object) -> object:
    return value if isinstance(value, Quantity) else Quantity(value)  # type: ignore[arg-type]


def duration(value: object) -> object:
    return value if isinstance(value, Duration) else Duration(value, value and CLOCK)  # type: ignore[arg-type]
