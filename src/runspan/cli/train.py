"""``train.py [CONFIG.yaml] [--name value …]``: seed files → dataset → fine-tuned encoder."""

import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runspan.base.errors import RunspanError, StoppedError
from runspan.base.labels import labels_of
from runspan.cli.arguments import parse_arguments
from runspan.cli.console import messages, table
from runspan.cli.dataset import build, save
from runspan.cli.progress import TrainingProgress
from runspan.cli.quiet import quiet_libraries
from runspan.jobs.arguments import AUTO, DataArguments, ModelArguments, TrainingArguments
from runspan.jobs.corpus_statistics import describe_corpus
from runspan.jobs.cross_validation import CrossValidationArguments, cross_validate
from runspan.jobs.fingerprint import fingerprint
from runspan.jobs.output_folder import is_finished
from runspan.jobs.stop_request import StopRequest
from runspan.jobs.training import train
from runspan.modeling.dataset import dataset_tags
from runspan.publish.reliability_diagram import write_reliability_diagram
from runspan.publish.training_report.earlier_run import TrainedRun, find_overwritten, read_run
from runspan.publish.training_report.page import PAGE, write_training_report

_GO_ON = ("--overwrite_output_dir", "false", "--resume_from_checkpoint", AUTO)
_CALIBRATION = ("before", "after")


class _NothingKeptError(StoppedError):
    """Trainings that can not go on were stopped."""


def main(argv: Sequence[str]) -> int:
    """Build the dataset, fine-tune, and print what the model scored."""
    quiet_libraries()
    stop = StopRequest()
    try:
        with stop:
            return _train(argv, stop)
    except _NothingKeptError:
        raise
    except StoppedError as stopped:
        then = f"go on with: {_command_to_go_on(argv)}" if stop.began else "nothing was begun: repeat the command"
        raise StoppedError(stopped.signal, f"{stopped}\n{then}") from None


def _train(argv: Sequence[str], stop: StopRequest) -> int:
    data_args, model_args, training_args, asked = parse_options(argv)
    arguments = data_args, model_args, training_args
    if asked.asked_for:
        return _cross_validate(arguments, asked, stop)
    dataset, data_hash = build(data_args)
    if is_finished(training_args, fingerprint(data_hash, data_args.labels, *arguments)):
        messages.print(f"model: {training_args.output_dir}   is finished, with the same data and arguments")
        return 0
    earlier = _earlier_run(training_args)
    if training_args.process_index == 0:
        save(dataset, data_args)
    try:
        with TrainingProgress() as progress:
            report = train(dataset, data_hash, data_args, model_args, training_args, [progress], stop)
    except (ImportError, ValueError, TypeError, OSError) as error:  # of the library's own checks, and of the disk
        raise RunspanError(f"{type(error).__name__}: {error}") from error
    if report:
        print_metrics(report.metrics, training_args.output_dir)
        folder = Path(training_args.output_dir)
        write_reliability_diagram(folder / "reliability.svg", _reliability_reports(report.metrics))
        labels = labels_of(dataset_tags(dataset))
        write_training_report(folder, report, describe_corpus(dataset), labels, earlier)
        messages.print(f"report: {folder / PAGE}")
    return 0


Arguments = tuple[DataArguments, ModelArguments, TrainingArguments, CrossValidationArguments]


def parse_options(argv: Sequence[str]) -> Arguments:
    """What the configuration file and the command line say.

    Raises:
        RunspanError: It can't be meant.
    """
    types = (DataArguments, ModelArguments, TrainingArguments, CrossValidationArguments)
    data_args, model_args, training_args, asked = parse_arguments(argv, types, "train.py")
    return data_args, model_args, training_args, asked


def _cross_validate(arguments: Sequence[Any], asked: CrossValidationArguments, stop: StopRequest) -> int:
    data_args, model_args, training_args = arguments
    dataset, data_hash = build(data_args, splits=not asked.folds)
    try:
        with TrainingProgress() as progress:
            report = cross_validate(dataset, data_hash, data_args, model_args, training_args, asked, [progress], stop)
    except (ImportError, ValueError, TypeError, OSError) as error:
        raise RunspanError(f"{type(error).__name__}: {error}") from error
    except StoppedError as stopped:
        raise _NothingKeptError(
            stopped.signal, "stopped; of folds and seeds nothing is kept: repeat the command"
        ) from None
    print_cross_validation(report, training_args.output_dir)
    return 0


def print_cross_validation(report: Mapping[str, Any], folder: str) -> None:
    """Print F1 over trainings and pooled scores, a label a row."""
    pooled = report["pooled"]["per_label"]
    pairs = [(name, report["per_label"][name], pooled[name]) for name in sorted(pooled)]
    pairs.append(("all", report, report["pooled"]))
    rows = [
        [
            *(name, f"{over['mean']['f1']:.3f}", f"{over['spread']['f1']:.3f}"),
            *(f"{together[score]:.3f}" for score in ("precision", "recall", "f1")),
            together["support"],
        ]
        for name, over, together in pairs
    ]
    columns = ["label", "mean F1", "spread", "pooled P", "pooled R", "pooled F1", "n"]
    what = f"{report['folds']} folds" if report["folds"] else "the ordinary splits"
    seeds = ", ".join(map(str, report["seeds"]))
    messages.print(table(f"Strict span scores of held-out documents: {what}, seed {seeds}", columns, rows))
    messages.print(f"report: {folder}/cross_validation.json   no model is kept: train one without folds and seeds")


def _earlier_run(args: TrainingArguments) -> TrainedRun | None:
    """The training to compare with, read before its folder may be cleared."""
    if args.compare_with:
        return read_run(Path(args.compare_with))
    return find_overwritten(Path(args.output_dir)) if args.overwrite_output_dir else None


def _command_to_go_on(argv: Sequence[str]) -> str:
    """The command that was given, going on from the last checkpoint: of an option that stands twice the last counts."""
    program = [sys.executable, sys.argv[0]] if sys.argv[0].endswith(".py") else [sys.argv[0], "train"]
    given = list(argv[: -len(_GO_ON)] if tuple(argv[-len(_GO_ON) :]) == _GO_ON else argv)
    return shlex.join([*program, *given, *_GO_ON])


def print_metrics(metrics: Mapping[str, Any], folder: str) -> None:
    """Print the strict scores of the validation and test documents, a label a row."""
    splits = ("validation", "test")
    names = sorted({name for split in splits for name in metrics[split]["per_label"]})
    rows = [[name, *_cells([metrics[split]["per_label"].get(name) for split in splits])] for name in names]
    rows.append(["all", *_cells([metrics[split] for split in splits])])
    columns = ["label", *(f"{split} {what}" for split in splits for what in ("P", "R", "F1", "n"))]
    messages.print(table("Strict span scores of the saved model", columns, rows))
    before, after = (metrics["calibration"][when]["spans"]["expected_calibration_error"] for when in _CALIBRATION)
    messages.print(f"expected calibration error of test spans: {before:.3f} before, {after:.3f} after calibration")
    messages.print(f"model: {folder}   metrics: {folder}/metrics.json   ({metrics['seconds']:.0f} s)")


def _reliability_reports(metrics: Mapping[str, Any]) -> dict[str, Any]:
    calibration = metrics["calibration"]
    return {f"{what} {when}": calibration[when][what] for what in ("spans", "fields") for when in _CALIBRATION}


def _cells(rows: Sequence[Mapping[str, Any] | None]) -> list[object]:
    cells: list[object] = []
    for row in rows:
        cells += [None] * 4 if row is None else [f"{row[name]:.3f}" for name in ("precision", "recall", "f1")]
        if row is not None:
            cells.append(row["support"])
    return cells
