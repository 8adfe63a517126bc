"""``train.py [CONFIG.yaml] [--name value …]``: seed files → dataset → fine-tuned encoder."""

from collections.abc import Mapping, Sequence
from typing import Any

from runspan.base.errors import RunspanError
from runspan.cli.arguments import parse_arguments
from runspan.cli.console import messages, table
from runspan.cli.dataset import build
from runspan.cli.progress import TrainingProgress
from runspan.cli.quiet import quiet_libraries
from runspan.jobs.arguments import DataArguments, ModelArguments, TrainingArguments
from runspan.jobs.training import train


def main(argv: Sequence[str]) -> int:
    """Build the dataset, fine-tune, and print what the model scored."""
    quiet_libraries()
    arguments = parse_arguments(argv, (DataArguments, ModelArguments, TrainingArguments), "train.py")
    data_args, model_args, training_args = arguments
    dataset, data_hash = build(data_args, write=training_args.process_index == 0)
    try:
        with TrainingProgress() as progress:
            metrics = train(dataset, data_hash, data_args, model_args, training_args, [progress])
    except (ImportError, ValueError, TypeError, OSError) as error:  # of the library's own checks, and of the disk
        raise RunspanError(f"{type(error).__name__}: {error}") from error
    if metrics:
        print_metrics(metrics, training_args.output_dir)
    return 0


def print_metrics(metrics: Mapping[str, Any], folder: str) -> None:
    """Print the strict scores of the validation and test documents, a label a row."""
    splits = ("validation", "test")
    names = sorted({name for split in splits for name in metrics[split]["per_label"]})
    rows = [[name, *_cells([metrics[split]["per_label"].get(name) for split in splits])] for name in names]
    rows.append(["all", *_cells([metrics[split] for split in splits])])
    columns = ["label", *(f"{split} {what}" for split in splits for what in ("P", "R", "F1", "n"))]
    messages.print(table("Strict span scores of the saved model", columns, rows))
    messages.print(f"model: {folder}   metrics: {folder}/metrics.json   ({metrics['seconds']:.0f} s)")


def _cells(rows: Sequence[Mapping[str, Any] | None]) -> list[object]:
    cells: list[object] = []
    for row in rows:
        cells += [None] * 4 if row is None else [f"{row[name]:.3f}" for name in ("precision", "recall", "f1")]
        if row is not None:
            cells.append(row["support"])
    return cells
