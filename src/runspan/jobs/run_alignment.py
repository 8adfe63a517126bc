"""Which predicted run answers to which true one, and what became of the others.

The alignment is that of the entity-based CEAF (X. Luo, *On Coreference Resolution Performance Metrics*, 2005) for whole
records: each run in at most one pair, so that the similarity φ of all pairs together is the greatest there is; φ of two
runs is the number of slots that they fill with the same (see :mod:`runspan.jobs.slot_fills`). Among alignments of the
same φ, one with the most exact pairs is taken; the order of the runs makes no difference. A pair without a slot in
common is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from runspan.jobs.slot_fills import Slots, matching_slots


@dataclass(frozen=True, slots=True)
class RunPair:
    """A true run, the predicted one that answers to it, and the labels of the slots that they fill with the same."""

    true: Slots
    predicted: Slots
    matching: frozenset[str]

    @property
    def is_exact(self) -> bool:
        """Whether every slot that either fills is filled with the same by the other."""
        return self.matching == self.true.keys() == self.predicted.keys()


@dataclass(frozen=True, slots=True)
class RunAlignment:
    """Every true run is in a pair, merged or missing; every predicted run is in a pair, split or spurious.

    Attributes:
        pairs: Runs that answer to each other.
        merged: True runs without a partner of which another's partner holds a fact: some pair's predicted run fills a
            slot with the same as this run, and not with the same as its own partner. It mixes the facts of two runs.
        missing: The other true runs without a partner. All that is predicted of them, other runs have as well.
        split: Predicted runs without a partner that hold a fact which another lacks: some pair's true run fills a slot
            with the same as this run, and not with the same as its own partner. Its facts are divided over two runs.
        spurious: The other predicted runs without a partner. What is true in them, other predicted runs say already.
    """

    pairs: tuple[RunPair, ...]
    merged: tuple[Slots, ...]
    missing: tuple[Slots, ...]
    split: tuple[Slots, ...]
    spurious: tuple[Slots, ...]


def align_runs(true: Sequence[Slots], predicted: Sequence[Slots]) -> RunAlignment:
    """The best alignment of the runs of one document."""
    true, predicted = sorted(true, key=repr), sorted(predicted, key=repr)
    grid = [[RunPair(one, other, matching_slots(one, other)) for other in predicted] for one in true]
    pairs = _best_pairs(grid, len(predicted))
    rows, columns = {row for row, _ in pairs}, {column for _, column in pairs}
    merged = {i for i in range(len(true)) for row, j in pairs if grid[i][j].matching - grid[row][j].matching}
    split = {j for j in range(len(predicted)) for i, column in pairs if grid[i][j].matching - grid[i][column].matching}
    return RunAlignment(
        pairs=tuple(grid[i][j] for i, j in pairs),
        merged=tuple(run for i, run in enumerate(true) if i in merged - rows),
        missing=tuple(run for i, run in enumerate(true) if i not in merged | rows),
        split=tuple(run for j, run in enumerate(predicted) if j in split - columns),
        spurious=tuple(run for j, run in enumerate(predicted) if j not in split | columns),
    )


def _best_pairs(grid: Sequence[Sequence[RunPair]], columns: int) -> list[tuple[int, int]]:
    """Row and column of the pairs of greatest φ, and of these with the most exact ones."""
    shape = (len(grid), columns)
    phi = np.array([[len(pair.matching) for pair in row] for row in grid], dtype=np.int64).reshape(shape)
    exact = np.array([[pair.is_exact for pair in row] for row in grid], dtype=np.int64).reshape(shape)
    rows, partners = linear_sum_assignment(phi * (min(shape) + 1) + exact, maximize=True)
    return [(int(i), int(j)) for i, j in zip(rows, partners, strict=True) if phi[i, j]]
