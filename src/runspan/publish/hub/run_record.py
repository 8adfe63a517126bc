"""The run record of a model's own training: the seven facts that runspan looks for, and what they lead to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from runspan.assembly.accelerators import Accelerator, processor_core
from runspan.assembly.estimates import estimate
from runspan.base.estimates import Estimates
from runspan.base.records import FieldValue, Run
from runspan.base.values import Country, Duration, Hardware, Quantity, Value, Year
from runspan.language.normalize import normalize_hardware
from runspan.publish.hub.facts import Facts

_SECONDS_AN_HOUR = 3600
_CERTAIN = 1.0


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A model's own training.

    Attributes:
        hardware: Name and number of what it ran on; ``None`` where the training did not record it.
        hours: By the clock, from start to finished model; ``None`` where there are no metrics.
        country: Where, if the publisher says so.
        year: When; ``None`` where the training did not record it.
        estimates: What it took, with all that was assumed.
    """

    hardware: str | None
    hours: float | None
    country: Country | None
    year: int | None
    estimates: Estimates


def own_run(facts: Facts, country: Country | None = None) -> RunRecord:
    """The record of the training that a model comes from.

    Accelerators are looked up in the tables of the estimates. Without any, a core of the processor is the device, of
    assumed power: then ``accelerator_hours`` are hours of cores.
    """
    machine = facts.run_config.get("machine") or {}
    hours = facts.metrics["seconds"] / _SECONDS_AN_HOUR if "seconds" in facts.metrics else None
    year = _year(facts)
    values: dict[str, Value | None] = {
        "gpu_count": _number(machine),
        "hardware": _accelerator(machine),
        "training": None if hours is None else Duration(hours, "wall_clock"),
        "country": country,
        "year": None if year is None else Year(year),
    }
    run = Run({label: [_field(value)] for label, value in values.items() if value is not None})
    return RunRecord(
        _in_words(machine) or _device_alone(facts), hours, country, year, _estimate(run, _processor(machine))
    )


def _estimate(run: Run, processor: Accelerator | None) -> Estimates:
    """What a run took; the power of a processor's core is named as the assumption that it is."""
    estimates = estimate(run, device=processor)
    if processor is None:
        return estimates
    names = {"tdp_w": "processor_core_w"}
    return replace(estimates, assumptions={names.get(key, key): what for key, what in estimates.assumptions.items()})


def _device_alone(facts: Facts) -> str | None:
    """The kind of device, where the training did not record which and how many."""
    device = facts.run_config.get("device")
    return f"{device}; its name and number were not recorded" if device else None


def _field(value: Value) -> FieldValue:
    return FieldValue(value, "", 0, 0, _CERTAIN, ())


def _year(facts: Facts) -> int | None:
    date = str(facts.run_config.get("date") or "")
    return int(date[:4]) if date[:4].isdecimal() else None


def _number(machine: Mapping[str, Any]) -> Quantity | None:
    number = machine.get("accelerators") or machine.get("cores")
    return Quantity(int(number)) if number else None


def _accelerator(machine: Mapping[str, Any]) -> Hardware | None:
    return normalize_hardware(machine["accelerator"]) if machine.get("accelerator") else None


def _processor(machine: Mapping[str, Any]) -> Accelerator | None:
    return processor_core(machine.get("processor") or "a processor") if machine.get("cores") else None


def _in_words(machine: Mapping[str, Any]) -> str | None:
    """What a training ran on.

    >>> _in_words({"processor": "AMD EPYC", "cores": 2}), _in_words({"accelerator": "NVIDIA H200", "accelerators": 1})
    ('2 cores of AMD EPYC (no accelerator)', '1 × NVIDIA H200')
    """
    if machine.get("cores"):
        return f"{machine['cores']} cores of {machine.get('processor') or 'a processor'} (no accelerator)"
    if machine.get("accelerators"):
        return f"{machine['accelerators']} × {machine.get('accelerator') or 'an accelerator of unknown name'}"
    return None
