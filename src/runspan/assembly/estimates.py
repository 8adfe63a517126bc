"""A run's values → accelerator-hours, energy, CO2e and training FLOP, each with an interval and its assumptions.

    accelerator_hours = accelerators × hours, or as stated
    energy_kwh = accelerator_hours × TDP × power utilisation × server overhead × PUE / 1000
    co2e_kg = energy_kwh × grid intensity of country and year / 1000
    training_flop = accelerator_hours × 3600 × peak of the device × utilisation of that peak

The value of the energy is the baseline of the field, TDP × accelerators × hours (Lacoste et al. 2019,
arXiv:1910.09700): its three factors are 1 and widen the interval only. FLOP by hardware are Epoch AI's second method
("Estimating training compute"). Figures, rules and their sources: ``tables/assumptions.csv``. Nothing is estimated from
a value that is missing or could not be read.
"""

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean
from typing import Any, TypeVar

from runspan.assembly.accelerators import Accelerator, accelerator
from runspan.assembly.assumptions import figure, rule
from runspan.assembly.grid import WORLD, Grid, grid_intensity
from runspan.base.estimates import Estimates, Interval
from runspan.base.records import Run
from runspan.base.values import Country, Duration, Hardware, Quantity, Year

_POWER = ("power_utilisation", "server_overhead", "pue")
_SECONDS = 3600
_TERA = 1e12
_KILO = 1e-3

Kind = TypeVar("Kind", Country, Duration, Hardware, Quantity, Year)
Assumptions = dict[str, Any]


def estimate_runs(runs: Sequence[Run], world_average: bool = False) -> list[Run]:
    """Runs with their estimates.

    Args:
        runs: Runs with normalised values.
        world_average: Take the world's average grid intensity where the run has no country with grid data.
    """
    return [replace(run, estimates=estimate(run, world_average)) for run in runs]


def estimate(run: Run, world_average: bool = False, device: Accelerator | None = None) -> Estimates:
    """What one run took.

    Args:
        run: A run with normalised values.
        world_average: As of :func:`estimate_runs`.
        device: What it ran on, where that is known otherwise than by the run's hardware.
    """
    assumptions: Assumptions = {}
    hours = _accelerator_hours(run, assumptions)
    device = device or _device(run)
    if hours is None or device is None:
        return Estimates(hours, assumptions=assumptions)
    energy, flop = _energy(hours, device, assumptions), _flop(hours, device, assumptions)
    if energy or flop:
        _name_device(device, assumptions)
    return Estimates(hours, energy, _co2e(energy, run, world_average, assumptions), flop, assumptions)


def values_of(run: Run, label: str, kind: type[Kind]) -> list[Kind]:
    """Values of one label of a run."""
    return [field.value for field in run.fields.get(label, ()) if isinstance(field.value, kind)]


def stated(value: Quantity | Duration) -> Interval | None:
    """The number that a text states, within its range, or what its qualifier leaves open; ``None`` without a number.

    >>> stated(Quantity(None, 8, 16))
    Interval(value=12.0, low=8.0, high=16.0)
    >>> stated(Duration(100.0, "wall_clock", qualifier="at most"))
    Interval(value=100.0, low=50.0, high=100.0)
    >>> stated(Duration()) is None
    True
    """
    numbers = [float(number) for number in (value.low, value.value, value.high) if number is not None]
    if not numbers or min(numbers) <= 0:
        return None
    middle = fmean(numbers) if value.value is None else float(value.value)
    return Interval(middle, min(numbers), max(numbers)) * _left_open(value)


def _left_open(value: Quantity | Duration) -> Interval:
    return figure(_qualifier(value.qualifier)) if value.qualifier else Interval(1.0, 1.0, 1.0)


def _qualifier(qualifier: str) -> str:
    """Name of the assumption that says what a qualifier leaves open."""
    return "stated_" + qualifier.replace(" ", "_")


def _accelerator_hours(run: Run, assumptions: Assumptions) -> Interval | None:
    """Hours of the clock times accelerators; hours of accelerators contain the count and stay as they are."""
    durations, counts = values_of(run, "training", Duration), values_of(run, "gpu_count", Quantity)
    hours = stated(durations[0]) if durations else None
    if hours is None:
        return None
    used: list[Duration | Quantity] = [durations[0]]
    if durations[0].basis != "accelerator_hours":
        count = stated(counts[0]) if counts else None
        if count is None or durations[0].basis is None:
            return None
        hours = count * hours
        used.append(counts[0])
    for name in (_qualifier(value.qualifier) for value in used if value.qualifier):
        assumptions[name] = figure(name).as_dict()
    return hours


def _device(run: Run) -> Accelerator | None:
    stated_devices = values_of(run, "hardware", Hardware)
    return accelerator(stated_devices[0]) if stated_devices else None


def _name_device(device: Accelerator, assumptions: Assumptions) -> None:
    assumptions["device"] = device.name
    if device.variants > 1:
        assumptions["device_variant"] = rule("device_variant")
    if device.parts > 1:
        assumptions["divided_device"] = rule("divided_device")


def _energy(hours: Interval, device: Accelerator, assumptions: Assumptions) -> Interval | None:
    """Kilowatt-hours."""
    if device.tdp_w is None:
        return None
    assumptions["tdp_w"] = device.tdp_w.as_dict()
    energy = hours * device.tdp_w
    for name in _POWER:
        assumptions[name] = figure(name).as_dict()
        energy = energy * figure(name)
    return energy.scaled(_KILO)


def _flop(hours: Interval, device: Accelerator, assumptions: Assumptions) -> Interval | None:
    """Floating-point operations."""
    if device.peak_tflops is None:
        return None
    utilisation = figure("flop_utilisation")
    assumptions["peak_tflops"] = device.peak_tflops.as_dict()
    assumptions["peak_precision"] = device.precision
    assumptions["flop_utilisation"] = utilisation.as_dict()
    return (hours * device.peak_tflops * utilisation).scaled(_SECONDS * _TERA)


def _co2e(energy: Interval | None, run: Run, world_average: bool, assumptions: Assumptions) -> Interval | None:
    """Kilograms of CO2 equivalent."""
    years = _years(run)
    if energy is None or not years:
        return None
    grid = grid_intensity(_countries(run), years)
    if grid is None and world_average:
        grid = grid_intensity([WORLD], years)
        assumptions["world_average"] = rule("world_average")
    if grid is None:
        return None
    disagreement = figure("grid_disagreement")
    _name_grid(grid, run, years, assumptions)
    assumptions["grid_disagreement"] = disagreement.as_dict()
    return (energy * grid.g_per_kwh * disagreement).scaled(_KILO)


def _years(run: Run) -> list[int]:
    """The year of a run, or both ends of its range."""
    for year in values_of(run, "year", Year):
        ends = (year.low, year.high) if year.value is None else (year.value,)
        return [end for end in ends if end is not None]
    return []


def _countries(run: Run) -> list[str]:
    """Codes of a run's countries; none where one of them could not be read."""
    codes = [country.value for country in values_of(run, "country", Country)]
    return [code for code in codes if code is not None] if None not in codes else []


def _name_grid(grid: Grid, run: Run, years: Sequence[int], assumptions: Assumptions) -> None:
    assumptions["grid_g_per_kwh"] = grid.g_per_kwh.as_dict()
    assumptions["grid_countries"] = list(grid.countries)
    assumptions["grid_years"] = list(grid.years)
    assumptions["grid_source"] = rule("grid_source")
    if not set(grid.years) <= set(years):
        assumptions["nearest_year"] = rule("nearest_year")
    if len(grid.countries) > 1:
        assumptions["several_countries"] = rule("several_countries")
    inferred = {field.inferred_from for field in run.fields.get("country", ())} - {None}
    if inferred and grid.countries != (WORLD,):
        assumptions["inferred_country"] = rule("inferred_country")
