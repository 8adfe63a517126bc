"""A training of a tiny encoder, in process and in seconds."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from datasets import DatasetDict
from transformers import TrainerCallback

from runspan.base.documents import Document
from runspan.jobs.arguments import DataArguments, ModelArguments, TrainingArguments
from runspan.jobs.stop_request import StopRequest
from runspan.jobs.training import train
from runspan.language.markup import parse
from runspan.modeling.dataset import data_hash


def corpus() -> list[Document]:
    devices = ["GTX 970", "A100", "V100", "TPU v3", "RTX 3090", "Titan X"]
    return [
        parse(
            f"{'A word more. ' * (i % 5)}Trained on <gpu_count>{i}</gpu_count> <hardware>{devices[i % 6]}</hardware> "
            f"in <year>{1970 + i}</year>, see {1990 + i % 9} papers and {i} more",
            id=f"d{i}",
        ).document
        for i in range(10, 60)
    ]


def run(
    dataset: DatasetDict,
    encoder: Path,
    output: Path,
    callbacks: Sequence[TrainerCallback] = (),
    stop: StopRequest | None = None,
    **options: Any,
) -> dict[str, Any]:
    """A training on CPU with arguments of the library's, an evaluation and a checkpoint an epoch."""
    defaults: dict[str, Any] = {
        "num_train_epochs": 2,
        "learning_rate": 3e-3,
        "per_device_train_batch_size": 2,
        "mixed_precision": "no",
        "eval_strategy": "epoch",
        "save_strategy": "epoch",
        "load_best_model_at_end": True,
        "metric_for_best_model": "f1",
        "logging_steps": 1,
        "report_to": "none",
        "disable_tqdm": True,
        "use_cpu": True,
        "lr_scheduler_type": "constant",
    }
    data_args = DataArguments(max_length=options.pop("max_length", 48), stride=8)
    model_args = ModelArguments(model_name_or_path=str(encoder), **options.pop("model", {}))
    arguments = TrainingArguments(output_dir=str(output), **(defaults | options))
    report = train(dataset, data_hash(corpus()), data_args, model_args, arguments, callbacks, stop)
    return dict(report.metrics) if report else {}


def entries(output: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (output / "training_curve.jsonl").read_text().splitlines()]


def losses(output: Path) -> list[float]:
    return [entry["loss"] for entry in entries(output) if "loss" in entry]
