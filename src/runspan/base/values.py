"""Normalised values: what a span says, as data. A value that the text does not state is ``None``, never a guess."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

Qualifier: TypeAlias = Literal["approximately", "at least", "at most"]
Basis: TypeAlias = Literal["wall_clock", "accelerator_hours"]
Json: TypeAlias = Mapping[str, str | int | float | None]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A whole number (of parameters, of accelerators). A range has ``low`` and ``high`` and no ``value``.

    >>> Quantity(34_000_000_000, qualifier="approximately").as_dict()
    {'value': 34000000000, 'low': None, 'high': None, 'qualifier': 'approximately'}
    """

    value: int | None = None
    low: int | None = None
    high: int | None = None
    qualifier: Qualifier | None = None

    def as_dict(self) -> Json:
        """The value as the keys of a record, in order."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Duration:
    """Hours: of the clock, or of accelerators (then they contain the count). A range has its midpoint for a value.

    >>> Duration(2280.0, "wall_clock", 2160.0, 2400.0).as_dict()
    {'value': 2280.0, 'unit': 'hours', 'basis': 'wall_clock', 'low': 2160.0, 'high': 2400.0, 'qualifier': None}
    >>> Duration().unit is None
    True
    """

    value: float | None = None
    basis: Basis | None = None
    low: float | None = None
    high: float | None = None
    qualifier: Qualifier | None = None

    @property
    def unit(self) -> Literal["hours"] | None:
        """``hours``, or ``None`` where there is no value."""
        return None if self.value is None else "hours"

    def as_dict(self) -> Json:
        """The value as the keys of a record, in order."""
        fields = asdict(self)
        return {"value": fields.pop("value"), "unit": self.unit, **fields}


@dataclass(frozen=True, slots=True)
class Hardware:
    """An accelerator: ``value`` is the device family, ``variant`` the row of the accelerator table where one is meant.

    >>> Hardware("NVIDIA A100", "NVIDIA", None, 80).as_dict()
    {'value': 'NVIDIA A100', 'vendor': 'NVIDIA', 'variant': None, 'memory_gb': 80}
    """

    value: str | None = None
    vendor: str | None = None
    variant: str | None = None
    memory_gb: int | float | None = None

    def as_dict(self) -> Json:
        """The value as the keys of a record, in order."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Country:
    """A country: ISO 3166-1 alpha-2 code and usual short English name.

    >>> Country("FR", "France").as_dict()
    {'value': 'FR', 'name': 'France'}
    """

    value: str | None = None
    name: str | None = None

    def as_dict(self) -> Json:
        """The value as the keys of a record, in order."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Year:
    """A year of the common era. A range has ``low`` and ``high`` and no ``value``.

    >>> Year(None, 2019, 2020).as_dict()
    {'value': None, 'low': 2019, 'high': 2020, 'qualifier': None}
    """

    value: int | None = None
    low: int | None = None
    high: int | None = None
    qualifier: Qualifier | None = None

    def as_dict(self) -> Json:
        """The value as the keys of a record, in order."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is written, without markup.

    >>> Name("GEN-θ").as_dict()
    {'value': 'GEN-θ'}
    """

    value: str | None = None

    def as_dict(self) -> Json:
        """The value as the keys of a record, in order."""
        return asdict(self)


Value: TypeAlias = Quantity | Duration | Hardware | Country | Year | Name
