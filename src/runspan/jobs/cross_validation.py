"""One recipe trained on several folds and with several seeds, to know how far a score is to be trusted."""

import copy
import json
import statistics
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from datasets import DatasetDict
from transformers import TrainerCallback
from transformers.trainer_utils import IntervalStrategy, SaveStrategy

from runspan.base.documents import Document
from runspan.base.errors import RunspanError
from runspan.jobs.arguments import DataArguments, ModelArguments, TrainingArguments
from runspan.jobs.evaluation import read_split, score_documents
from runspan.jobs.folds import fold_datasets
from runspan.jobs.prediction import Predictor
from runspan.jobs.stop_request import StopRequest
from runspan.jobs.training import train

REPORT = "cross_validation.json"
_WORK = ".training-"  # begins the name of the folder of the training that is going on
_SCORES = ("precision", "recall", "f1")


@dataclass
class CrossValidationArguments:
    """How often a recipe is trained."""

    folds: int = field(
        default=0,
        metadata={
            "help": "Train so many times, each time with other documents held out, and report mean, spread and pooled "
            "scores in place of a model; as many as there are documents: leave-one-out."
        },
    )
    seeds: list[int] | None = field(
        default=None, metadata={"help": "Train once with each of these seeds, and report mean and spread."}
    )

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            RunspanError: A value is out of its range.
        """
        if self.folds < 0 or self.folds == 1:
            raise RunspanError(f"folds is {self.folds}, expected 0 (none), or 2 or more")
        if self.seeds is not None and (not self.seeds or len(set(self.seeds)) < len(self.seeds)):
            raise RunspanError(
                f"seeds are {', '.join(map(str, self.seeds)) or 'none'}, expected one or more that differ"
            )

    @property
    def asked_for(self) -> bool:
        """Whether a recipe is to be trained several times."""
        return bool(self.folds or self.seeds)


@dataclass(frozen=True, slots=True)
class _Scored:
    seed: int
    fold: int
    trained_on: int
    gold: list[Document]
    predicted: list[Document]


def cross_validate(
    dataset: DatasetDict,
    data_hash: str,
    data_args: DataArguments,
    model_args: ModelArguments,
    training_args: TrainingArguments,
    asked: CrossValidationArguments,
    callbacks: Sequence[TrainerCallback] = (),
    stop: StopRequest | None = None,
) -> dict[str, Any]:
    """Train on each fold with each seed; write ``cross_validation.json`` into the output folder, and no model.

    With folds, the held-out documents are the test split, and nothing is chosen by their scores: the model is that of
    the last step. Without, each seed trains on the ordinary splits as the recipe says.

    Returns:
        ``trainings`` (a seed and fold each, with scores), ``pooled`` (scores of all of them taken as one, with
        ``per_label``), and ``mean`` and ``spread`` (standard deviation) over trainings, overall and ``per_label``.

    Raises:
        RunspanError: The output folder holds something else, more processes than one were launched, or as
            :func:`~runspan.jobs.training.train`.
        StoppedError: It was asked to stop; nothing is kept.
    """
    folder = Path(training_args.output_dir)
    _prepare(folder, training_args)
    scored = []
    for seed in asked.seeds or [training_args.seed]:
        for fold, rows in enumerate(_datasets(dataset, asked.folds)):
            with tempfile.TemporaryDirectory(prefix=_WORK, dir=folder) as work:
                arguments = _arguments(training_args, seed, Path(work), held_out_alone=asked.folds > 0)
                train(rows, data_hash, data_args, model_args, arguments, callbacks, stop)
                scored.append(_score(Path(work), rows, seed, fold, arguments, model_args))
    report = {"folds": asked.folds, "seeds": asked.seeds or [training_args.seed], **_summary(scored)}
    (folder / REPORT).write_text(json.dumps(report, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    return report


def _prepare(folder: Path, args: TrainingArguments) -> None:
    if args.world_size > 1:
        raise RunspanError("folds and seeds are trained one after the other in one process; launch without accelerate")
    folder.mkdir(parents=True, exist_ok=True)
    others = [path.name for path in folder.iterdir() if path.name != REPORT and not path.name.startswith(_WORK)]
    if others:
        raise RunspanError(f"{folder}: holds {others[0]}, which no cross-validation writes; give another --output_dir")
    if (folder / REPORT).exists() and not args.overwrite_output_dir:
        raise RunspanError(
            f"{folder / REPORT}: is there already; give another --output_dir, or --overwrite_output_dir true"
        )


def _datasets(dataset: DatasetDict, folds: int) -> Iterator[DatasetDict]:
    return fold_datasets(dataset, folds) if folds else iter([dataset])


def _arguments(args: TrainingArguments, seed: int, folder: Path, held_out_alone: bool) -> TrainingArguments:
    """The arguments of one training."""
    own = copy.copy(args)
    own.seed, own.output_dir = seed, str(folder)
    own.resume_from_checkpoint, own.overwrite_output_dir = None, True
    if held_out_alone:
        own.eval_strategy, own.save_strategy = IntervalStrategy.NO, SaveStrategy.NO
        own.load_best_model_at_end, own.early_stopping_patience = False, None
        own.do_eval = False
    return own


def _score(
    folder: Path, rows: DatasetDict, seed: int, fold: int, args: TrainingArguments, model_args: ModelArguments
) -> _Scored:
    predictor = Predictor.load(
        str(folder),
        str(args.device),
        args.per_device_eval_batch_size,
        args.precision,
        "torch",
        model_args.trust_remote_code,
    )
    gold = read_split(rows["test"])
    return _Scored(seed, fold, len(rows["train"]), gold, predictor.predict_spans(gold))


def _summary(scored: Sequence[_Scored]) -> dict[str, Any]:
    each = [score_documents(one.gold, one.predicted) for one in scored]
    pooled = score_documents(
        [document for one in scored for document in one.gold],
        [document for one in scored for document in one.predicted],
    )
    trainings = [
        {
            "seed": one.seed,
            "fold": one.fold + 1,
            "trained_on": one.trained_on,
            "held_out": [document.id for document in one.gold],
            **scores,
        }
        for one, scores in zip(scored, each, strict=True)
    ]
    labels = {
        label: _mean_and_spread([scores["per_label"][label] for scores in each if label in scores["per_label"]])
        for label in pooled["per_label"]
    }
    return {"pooled": pooled, **_mean_and_spread(each), "per_label": labels, "trainings": trainings}


def _mean_and_spread(scores: Sequence[Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Mean and standard deviation over trainings; of a single one there is no spread: 0.

    >>> _mean_and_spread([dict.fromkeys(_SCORES, 0.5), dict.fromkeys(_SCORES, 0.7)])["spread"]["f1"]
    0.1414
    """
    values = {name: [one[name] for one in scores] for name in _SCORES}
    return {
        "mean": {name: round(statistics.fmean(found), 4) for name, found in values.items()},
        "spread": {
            name: round(statistics.stdev(found), 4) if len(found) > 1 else 0.0 for name, found in values.items()
        },
    }
