"""Lengths of windows and of entities → histograms."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from runspan.jobs.corpus_statistics import SplitStatistics
from runspan.publish.figures import save_figure

_INCHES = (7, 5)
_BINS = 32
_LONGEST = 15  # words of an entity that are told apart; longer ones stand together


def entity_lengths(splits: Iterable[SplitStatistics]) -> dict[str, Counter[int]]:
    """By label, how many spans of all splits have so many words."""
    totals: dict[str, Counter[int]] = {}
    for split in splits:
        for label, lengths in split.lengths.items():
            totals[label] = totals.get(label, Counter()) + lengths
    return totals


def draw_lengths(file: Path, window_tokens: Sequence[int], lengths: Mapping[str, Counter[int]]) -> None:
    """Draw how long the windows are in tokens, and the entities of each label in words.

    Raises:
        RunspanError: The file can't be written.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=_INCHES, layout="tight")
    windows, entities = figure.subplots(2)
    windows.hist(window_tokens, bins=_BINS)
    windows.set(xlabel="tokens of a window", ylabel="windows")
    for label, counts in lengths.items():
        capped = [sum(n for words, n in counts.items() if min(words, _LONGEST) == at) for at in range(1, _LONGEST + 1)]
        entities.plot(range(1, _LONGEST + 1), capped, marker=".", label=label)
    entities.set(xlabel=f"words of an entity ({_LONGEST}: or more)", ylabel="entities", yscale="symlog", ylim=(0, None))
    if lengths:
        entities.legend(fontsize="small", ncols=2)
    save_figure(figure, file)
