"""Counts of tagged and predicted labels → a matrix."""

from collections.abc import Sequence
from pathlib import Path

from runspan.jobs.confusion import Confusion
from runspan.publish.figures import save_figure

MISSED, SPURIOUS = "missed", "spurious"


def matrix(counts: Confusion, labels: Sequence[str]) -> list[list[int]]:
    """Rows of tagged labels, the last of what is spurious; columns of predicted labels, the last of what is missed.

    >>> matrix(Confusion({("year", "year"): 3, ("year", None): 1, (None, "year"): 2}), ["year"])
    [[3, 1], [2, 0]]
    """
    places: list[str | None] = [*labels, None]
    return [[counts[tagged, predicted] for predicted in places] for tagged in places]


def draw_confusion(file: Path, counts: Confusion, labels: Sequence[str]) -> None:
    """Draw the matrix, the shade of a cell by its share of its row.

    Raises:
        RunspanError: The file can't be written.
    """
    from matplotlib.figure import Figure

    rows = matrix(counts, labels)
    shares = [[cell / max(sum(row), 1) for cell in row] for row in rows]
    side = 2 + 0.6 * len(rows)
    figure = Figure(figsize=(side, side), layout="tight")
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            axes.text(x, y, str(cell or ""), ha="center", va="center", color="white" if shares[y][x] > 0.5 else "black")
    axes.set_xticks(range(len(rows)), [*labels, MISSED], rotation=45, ha="right")
    axes.set_yticks(range(len(rows)), [*labels, SPURIOUS])
    axes.set(xlabel="predicted", ylabel="tagged")
    save_figure(figure, file)
