"""``runspan tune CONFIG.yaml --ranges RANGES.yaml --trials N --output DIR [--name value …]``: a recipe, tuned."""

import argparse
import importlib.util
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from runspan.base.errors import RunspanError
from runspan.cli.arguments import Parser, option_names, parse_arguments
from runspan.cli.console import messages, table
from runspan.cli.dataset import build
from runspan.cli.options import Options, positive
from runspan.cli.quiet import quiet_libraries
from runspan.jobs.arguments import DataArguments, ModelArguments, TrainingArguments
from runspan.jobs.fingerprint import fingerprint
from runspan.jobs.training import train
from runspan.jobs.tuning_ranges import read_ranges

_TYPES = (DataArguments, ModelArguments, TrainingArguments)
_DATA = frozenset({"seed_dir", "dataset_dir", "labels", "output_dir"})  # the same for all trials
_SHOWN = 10


def main(argv: Sequence[str]) -> int:
    """Try values of a recipe's knobs, and write the recipe with the best of them."""
    args, others = parse_options(argv)
    if importlib.util.find_spec("optuna") is None:
        raise RunspanError("needs a package that is not installed: pip install 'runspan[tune]'")
    quiet_libraries()
    from runspan.jobs.tuning import tune

    known = [name for name in option_names(Parser(_TYPES)) if name not in _DATA]
    ranges = read_ranges(args.ranges, known)
    command = [str(args.config), *others]
    data_args, model_args, training_args = parse_arguments(command, _TYPES, "runspan tune")
    if training_args.world_size > 1:
        raise RunspanError("trials run one after the other in one process; launch without accelerate")
    if str(training_args.eval_strategy.value) == "no":
        raise RunspanError("eval_strategy is no: trials are scored and ended early by evaluations; set epoch or steps")
    dataset, data_hash = build(data_args)
    about = fingerprint(data_hash, data_args.labels, data_args, model_args, training_args)

    def objective(values: Mapping[str, Any], pruning: Any) -> float:
        with tempfile.TemporaryDirectory(prefix=".training-", dir=args.output) as work:
            given = [*(f"--{name}={value}" for name, value in values.items()), f"--output_dir={work}"]
            data, model, training = parse_arguments([*command, *given], _TYPES, "runspan tune")
            report = train(dataset, data_hash, data, model, training, [pruning])
            assert report, "one process trains"
            return float(report.metrics["validation"]["f1"])

    study = tune(args.output, ranges, args.trials, about, training_args.seed, objective)
    _report(study, args.config, args.output)
    return 0


def parse_options(argv: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """What was typed, and the arguments of train.py among it.

    Raises:
        RunspanError: It can't be meant.
    """
    parser = Options(
        "tune", "Try values of a recipe's knobs, scored by validation F1; arguments of train.py may follow."
    )
    parser.add_argument("config", type=Path, help="the recipe")
    parser.add_argument("--ranges", type=Path, required=True, metavar="FILE", help="what to try: flat YAML")
    parser.add_argument("--trials", type=positive, default=30, help="in all, earlier ones included (default: 30)")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="the study, and best.yaml")
    args, others = parser.parse_known_args(argv)
    parse_arguments([str(args.config), *others], _TYPES, "runspan tune")
    return args, others


def _report(study: Any, config: Path, folder: Path) -> None:
    scored = sorted((trial for trial in study.trials if trial.state.name == "COMPLETE"), key=lambda t: -t.value)
    ended = len([trial for trial in study.trials if trial.state.name == "PRUNED"])
    if not scored:
        raise RunspanError(
            f"{folder}: no trial came to its end: all ended early or with a loss that is no number; try lower rates"
        )
    recipe = yaml.load(config.read_text(encoding="utf-8"), Loader=yaml.BaseLoader) or {}
    recipe |= {name: str(value) for name, value in scored[0].params.items()}
    (folder / "best.yaml").write_text(yaml.safe_dump(recipe, sort_keys=False), encoding="utf-8")
    names = sorted(scored[0].params)
    rows = [[trial.number, f"{trial.value:.4f}", *(_shown(trial.params[name]) for name in names)] for trial in scored]
    title = f"Best of {len(scored)} trials, and {ended} ended early"
    messages.print(table(title, ["trial", "validation F1", *names], rows[:_SHOWN]))
    messages.print(f"recipe: {folder}/best.yaml   study: {folder}/study.db, which more --trials go on with")


def _shown(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
