"""Reliability bins → a diagram: how often findings of each confidence are right, and how many there are."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runspan.publish.figures import check_figure, save_figure

_INCHES = (4.5, 5.5)


def write_reliability_diagram(file: Path, reports: Mapping[str, Mapping[str, Any]]) -> None:
    """Write a diagram with a line for each report.

    Args:
        file: Where it goes, of a suffix in :data:`runspan.publish.figures.SUFFIXES`.
        reports: By name, as :meth:`runspan.jobs.calibration.Findings.report` makes them.

    Raises:
        RunspanError: The suffix is another one, or the file can't be written.
    """
    check_figure(file)
    from matplotlib.figure import Figure

    figure = Figure(figsize=_INCHES, layout="tight")
    lines, counts = figure.subplots(2, sharex=True, height_ratios=(4, 1))
    lines.plot([0, 1], [0, 1], color="gray", linestyle="dotted", linewidth=1)
    for name, report in reports.items():
        filled = [one for one in report["bins"] if one["count"]]
        error = report["expected_calibration_error"]
        label = f"{name}: ECE {error:.3f}, n = {report['findings']}"
        lines.plot(_column(filled, "confidence"), _column(filled, "accuracy"), marker="o", markersize=3, label=label)
        middles = [(one["low"] + one["high"]) / 2 for one in report["bins"]]
        counts.plot(middles, _column(report["bins"], "count"), drawstyle="steps-mid")
    lines.set(xlim=(0, 1), ylim=(0, 1), ylabel="share that is right")
    lines.legend(loc="lower left", bbox_to_anchor=(0, 1), fontsize="small", frameon=False)
    counts.set(xlabel="confidence", ylabel="number", ylim=(0, None))
    save_figure(figure, file)


def _column(bins: Sequence[Mapping[str, Any]], key: str) -> list[float]:
    return [one[key] for one in bins]
