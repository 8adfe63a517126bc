"""Values of a run that can hardly all be true: warnings for whoever reads the record."""

from collections.abc import Callable, Iterator, Sequence

from runspan.assembly.accelerators import accelerator
from runspan.assembly.assumptions import figure
from runspan.assembly.estimates import stated, values_of
from runspan.base.records import Run
from runspan.base.values import Duration, Hardware, Quantity, Year


def inconsistencies(runs: Sequence[Run]) -> list[str]:
    """Warnings about runs with their estimates, in order of the runs, which are counted from 1.

    A value that is a range is taken at the end that speaks least against the others.
    """
    return [
        f"run {number}: {text}" for number, run in enumerate(runs, start=1) for check in _CHECKS for text in check(run)
    ]


def _released_after(run: Run) -> Iterator[str]:
    """The device came out after the year of the run."""
    for hardware in values_of(run, "hardware", Hardware):
        device = accelerator(hardware)
        for year in values_of(run, "year", Year):
            latest = year.high if year.value is None else year.value
            if device and device.release_year and latest and latest < device.release_year:
                yield f"the {device.name} came out in {device.release_year}, after the year {latest}"


def _beyond_calendar(run: Run) -> Iterator[str]:
    """More hours of the clock than a year has; hours of accelerators are divided by a stated count."""
    most = figure("longest_training_hours").value
    counts = [count for count in map(stated, values_of(run, "gpu_count", Quantity)) if count]
    for duration in values_of(run, "training", Duration):
        hours = stated(duration)
        if hours is None or duration.basis is None:
            continue
        if duration.basis == "wall_clock" and hours.low > most:
            yield f"{hours.value:,.10g} hours of training are more than {most:,.0f} (a year)"
        if duration.basis == "accelerator_hours" and counts and hours.low / counts[0].high > most:
            yield (
                f"{hours.value:,.10g} accelerator hours on {counts[0].value:,.10g} accelerators are more than "
                f"{most:,.0f} hours (a year) each"
            )


def _out_of_proportion(run: Run) -> Iterator[str]:
    """Training FLOP a parameter beyond all that published models took."""
    flop = run.estimates.training_flop if run.estimates else None
    usual = figure("flop_per_parameter")
    for params in map(stated, values_of(run, "params", Quantity)):
        if flop is None or params is None:
            continue
        if flop.high / params.low < usual.low or flop.low / params.high > usual.high:
            yield (
                f"about {flop.value:.1e} FLOP of training for {params.value:.1e} parameters, "
                f"where {usual.low:.0e} to {usual.high:.0e} a parameter are known"
            )


_CHECKS: tuple[Callable[[Run], Iterator[str]], ...] = (_released_after, _beyond_calendar, _out_of_proportion)
