"""Reliability bins → a diagram: how often findings of each confidence are right, and how many there are."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runspan.base.errors import RunspanError

SUFFIXES = (".svg", ".png", ".pdf")
_INCHES = (4.5, 5.5)


def write_reliability_diagram(file: Path, reports: Mapping[str, Mapping[str, Any]]) -> None:
    """Write a diagram with a line for each report.

    Args:
        file: Where it goes, of a suffix in :data:`SUFFIXES`. The same reports give the same bytes.
        reports: By name, as :meth:`runspan.jobs.calibration.Findings.report` makes them.

    Raises:
        RunspanError: The suffix is another one, or the file can't be written.
    """
    if file.suffix not in SUFFIXES:
        raise RunspanError(f"{file}: expected a name that ends in {', '.join(SUFFIXES)}")
    import matplotlib

    matplotlib.use("agg")
    matplotlib.rcParams["svg.hashsalt"] = "runspan"
    from matplotlib import pyplot

    figure, (lines, counts) = pyplot.subplots(2, sharex=True, figsize=_INCHES, height_ratios=(4, 1), layout="tight")
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
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(file, metadata={"Date": None} if file.suffix == ".svg" else None)
    except OSError as error:
        raise RunspanError(f"{file}: can't be written ({error.strerror or error})") from error
    finally:
        pyplot.close(figure)


def _column(bins: Sequence[Mapping[str, Any]], key: str) -> list[float]:
    return [one[key] for one in bins]
