"""The log of a training → its curves: loss, learning rate, F1 on the validation documents."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runspan.publish.figures import save_figure

_INCHES = (7, 6)
_CURVES = (("loss", "loss"), ("learning_rate", "learning rate"), ("eval_f1", "validation F1"))


def draw_curves(file: Path, log: Sequence[Mapping[str, Any]]) -> None:
    """Draw the curves over steps, each of them where it was logged.

    Args:
        file: Where the figure goes.
        log: Entries of ``training_curve.jsonl``.

    Raises:
        RunspanError: The file can't be written.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=_INCHES, layout="tight")
    for axes, (key, name) in zip(figure.subplots(len(_CURVES), sharex=True), _CURVES, strict=True):
        points = [(entry["step"], entry[key]) for entry in log if entry.get(key) is not None]
        axes.plot(*zip(*points, strict=True) if points else ([], []), marker="." if len(points) < 30 else None)
        axes.set(ylabel=name)
        axes.grid(alpha=0.3)
    axes.set(xlabel="step")
    save_figure(figure, file)
