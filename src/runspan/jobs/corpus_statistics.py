"""What the splits of a dataset hold: documents, words, spans of each label and their lengths, runs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from datasets import DatasetDict

from runspan.base.documents import Document
from runspan.base.words import split_words
from runspan.jobs.evaluation import read_split
from runspan.modeling.dataset import SplitSummary, summarize


@dataclass(frozen=True, slots=True)
class SplitStatistics:
    """What one split holds.

    Attributes:
        summary: Documents, words and spans.
        runs: Runs of the documents that have spans.
        several_runs: Documents with several.
        lengths: By label, how many spans have so many words.
    """

    summary: SplitSummary
    runs: int
    several_runs: int
    lengths: Mapping[str, Counter[int]]


def describe_corpus(dataset: DatasetDict) -> dict[str, SplitStatistics]:
    """What each split of a dataset holds."""
    return {split: _describe(summary, read_split(dataset[split])) for split, summary in summarize(dataset).items()}


def _describe(summary: SplitSummary, documents: Sequence[Document]) -> SplitStatistics:
    runs = [len(document.run_numbers()) for document in documents if document.spans]
    lengths: dict[str, Counter[int]] = {label: Counter() for label in summary.entities}
    for document in documents:
        for span in document.spans:
            lengths[span.label][len(split_words(document.surface(span)))] += 1
    return SplitStatistics(summary, sum(runs), sum(number > 1 for number in runs), lengths)
