"""``runspan dataset [CONFIG.yaml] [--name value …]``: seed files → BIO dataset on disk, and what it holds."""

from collections.abc import Sequence
from pathlib import Path

from datasets import DatasetDict
from datasets.utils.logging import disable_progress_bar

from runspan.base.errors import RunspanError
from runspan.cli.arguments import parse_arguments
from runspan.cli.console import messages, table
from runspan.jobs.arguments import DataArguments, ModelArguments, TrainingArguments
from runspan.language.seeds import read_seeds
from runspan.modeling.dataset import build_dataset, check_dataset_dir, data_hash, save_dataset, summarize


def main(argv: Sequence[str]) -> int:
    """Build and save the dataset."""
    data_args = parse_options(argv)
    dataset, _ = build(data_args)
    save(dataset, data_args)
    return 0


def parse_options(argv: Sequence[str]) -> DataArguments:
    """What the configuration file and the command line say of the data; a configuration of trainings says more.

    Raises:
        RunspanError: It can't be meant.
    """
    data_args, _, _ = parse_arguments(argv, (DataArguments, ModelArguments, TrainingArguments), "runspan dataset")
    assert isinstance(data_args, DataArguments)
    return data_args


def build(args: DataArguments, splits: bool = True) -> tuple[DatasetDict, str]:
    """The dataset of the seed files, in splits or all in the one for training, and the hash of their documents."""
    disable_progress_bar()
    check_dataset_dir(Path(args.dataset_dir))
    if len(set(args.labels)) < len(args.labels):
        raise RunspanError(f"labels are {', '.join(args.labels)}: each may stand once")
    documents = read_seeds(args.seed_dir, args.labels)
    return build_dataset(documents, args.labels, splits), data_hash(documents)


def save(dataset: DatasetDict, args: DataArguments) -> None:
    """Save a dataset, and print what it holds."""
    save_dataset(dataset, Path(args.dataset_dir))
    print_summary(dataset, args.labels)
    messages.print(f"dataset: {args.dataset_dir} (Parquet in {args.dataset_dir}/parquet)")


def print_summary(dataset: DatasetDict, labels: Sequence[str]) -> None:
    """Print documents, words and entities of each split."""
    parts = summarize(dataset)
    rows: list[list[object]] = [
        ["documents", *(part.documents for part in parts.values())],
        ["without entities", *(part.without_entities for part in parts.values())],
        ["words", *(part.words for part in parts.values())],
    ]
    for label in labels:
        longest = max(part.longest_entity[label] for part in parts.values())
        rows.append([f"{label} (longest: {longest} words)", *(part.entities[label] for part in parts.values())])
    messages.print(table("BIO dataset", ["", *parts], rows))
