"""What follows from a run's values: figures with an interval, and what was assumed for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_DIGITS = 10  # significant ones in a record: enough for any stated count, too few to show rounding of floats
QUANTITIES = ("accelerator_hours", "energy_kwh", "co2e_kg", "training_flop")


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure that is not negative, between its bounds: ``low <= value <= high``."""

    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        assert 0 <= self.low <= self.value <= self.high, self

    def __mul__(self, other: "Interval") -> "Interval":
        """The product, bounds with bounds.

        >>> Interval(8, 8, 8) * Interval(60, 48, 72)
        Interval(value=480, low=384, high=576)
        """
        return Interval(self.value * other.value, self.low * other.low, self.high * other.high)

    def scaled(self, factor: float) -> "Interval":
        """The interval in another unit.

        >>> Interval(1.5, 1, 2).scaled(1000)
        Interval(value=1500.0, low=1000, high=2000)
        """
        return Interval(self.value * factor, self.low * factor, self.high * factor)

    def as_dict(self) -> dict[str, float]:
        """The figure for JSON, in ten significant digits.

        >>> Interval(0.1 + 0.2, 0, 1).as_dict()
        {'value': 0.3, 'low': 0.0, 'high': 1.0}
        """
        return {key: float(f"{getattr(self, key):.{_DIGITS}g}") for key in ("value", "low", "high")}


@dataclass(frozen=True, slots=True)
class Estimates:
    """What one run took. A quantity is ``None`` where a value that it needs is missing.

    Attributes:
        accelerator_hours: Number of accelerators × hours.
        energy_kwh: Electricity, in kWh.
        co2e_kg: Greenhouse gases of that electricity, in kg of CO2 equivalent.
        training_flop: Floating-point operations.
        assumptions: Every figure and rule that the estimates rest on, by name; only those that were used.
    """

    accelerator_hours: Interval | None = None
    energy_kwh: Interval | None = None
    co2e_kg: Interval | None = None
    training_flop: Interval | None = None
    assumptions: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The estimates for JSON.

        >>> Estimates(Interval(8.0, 8.0, 8.0)).as_dict()["accelerator_hours"], Estimates().as_dict()["co2e_kg"]
        ({'value': 8.0, 'low': 8.0, 'high': 8.0}, None)
        """
        out: dict[str, Any] = {}
        for name in QUANTITIES:
            interval = getattr(self, name)
            out[name] = None if interval is None else interval.as_dict()
        return out | {"assumptions": dict(self.assumptions)}
