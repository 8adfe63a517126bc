"""The card of a dataset: what its splits hold, put into the template beside this module."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from runspan import __version__
from runspan.language.label_meanings import label_meanings
from runspan.modeling.dataset import SplitSummary, load_dataset, summarize
from runspan.publish.hub.card_metadata import Publication, dataset_metadata
from runspan.publish.templates import render


@dataclass(frozen=True, slots=True)
class _SplitRow:
    documents: int
    words: int
    spans: int


def write_dataset_card(publication: Publication, folder: Path, has_datasheet: bool) -> str:
    """The card of a dataset folder, head and body, in Markdown.

    Raises:
        RunspanError: There is no dataset in the folder.
    """
    return _card(publication, summarize(load_dataset(folder)), has_datasheet)


def _card(publication: Publication, splits: Mapping[str, SplitSummary], has_datasheet: bool) -> str:
    head = dataset_metadata(publication, {split: summary.documents for split, summary in splits.items()}).to_yaml()
    labels = next(iter(splits.values())).entities
    totals = {label: sum(summary.entities[label] for summary in splits.values()) for label in labels}
    body = render(
        __package__,
        "dataset_card.md.jinja",
        name=publication.name,
        repo_id=publication.repo_id,
        version=__version__,
        splits=[
            (split, _SplitRow(summary.documents, summary.words, sum(summary.entities.values())))
            for split, summary in splits.items()
        ],
        labels=[(label, label_meanings().get(label), spans) for label, spans in totals.items()],
        has_datasheet=has_datasheet,
    )
    return f"---\n{head}\n---\n\n{body}"
