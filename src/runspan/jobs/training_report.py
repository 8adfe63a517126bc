"""What a training leaves beside its weights: scores and calibration of the saved model, and arguments."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datasets import DatasetDict

from runspan.base.documents import Document
from runspan.jobs.arguments import DataArguments, ModelArguments, TrainingArguments
from runspan.jobs.calibration import calibrate, measure
from runspan.jobs.comparison import Comparison
from runspan.jobs.confidence import Confidence
from runspan.jobs.evaluation import read_split, score_documents
from runspan.jobs.prediction import Predictor
from runspan.jobs.provenance import describe_run
from runspan.jobs.trainer import SpanTrainer
from runspan.modeling.windows import cut_windows


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What a training came to.

    Attributes:
        metrics: As they stand in ``metrics.json``.
        test: The test documents beside the spans that the saved model finds in them, with its confidences.
        window_tokens: Tokens of text in each window that the held-out documents were read in.
    """

    metrics: Mapping[str, Any]
    test: Sequence[Comparison]
    window_tokens: Sequence[int]


def report(
    folder: Path,
    dataset: DatasetDict,
    data_hash: str,
    data_args: DataArguments,
    model_args: ModelArguments,
    training_args: TrainingArguments,
    trainer: SpanTrainer,
    train_metrics: Mapping[str, float],
    started: float,
) -> TrainingReport:
    """Score and calibrate the model that is on disk; write calibration, metrics and arguments beside it."""
    predictor = Predictor.load(
        str(folder),
        str(training_args.device),
        training_args.per_device_eval_batch_size,
        training_args.precision,
        trust_remote_code=model_args.trust_remote_code,
    )
    predictor.confidence = Confidence()  # a resumed run may find an earlier calibration
    tagged = {name: read_split(dataset[name]) for name in ("validation", "test")}
    predicted = {name: predictor.predict_spans(documents) for name, documents in tagged.items()}
    confidence = calibrate(tagged["validation"], predicted["validation"])
    confidence.save(folder)
    metrics: dict[str, Any] = {
        **{name: score_documents(documents, predicted[name]) for name, documents in tagged.items()},
        "calibration": {
            "before": measure(tagged["test"], predicted["test"], Confidence()),
            "after": measure(tagged["test"], predicted["test"], confidence),
        },
        "documents": {name: len(rows) for name, rows in dataset.items()},
        "best_validation_f1": trainer.state.best_metric,
        "train_loss": train_metrics["train_loss"],
        "steps": trainer.state.global_step,
        "epochs": trainer.state.epoch,
        "train_seconds": train_metrics["train_runtime"],
        "seconds": round(time.time() - started, 1),
    }
    (folder / "run_config.yaml").write_text(
        describe_run(data_hash, data_args, model_args, training_args), encoding="utf-8"
    )
    _write_json(folder / "metrics.json", metrics)  # last: it says that the training is finished
    found = [confidence.of_spans(document).spans for document in predicted["test"]]
    return TrainingReport(
        metrics,
        [Comparison(document, spans) for document, spans in zip(tagged["test"], found, strict=True)],
        [tokens for documents in tagged.values() for tokens in _window_tokens(documents, predictor)],
    )


def _window_tokens(documents: Sequence[Document], predictor: Predictor) -> list[int]:
    tokens = (len(predictor.encoder.encode(document.text).input_ids) for document in documents)
    cuts = (cut_windows(number, predictor.window_tokens, predictor.settings.stride) for number in tokens)
    return [window.end - window.start for windows in cuts for window in windows]


def _write_json(file: Path, content: Any) -> None:
    file.write_text(json.dumps(content, indent=2, allow_nan=False) + "\n", encoding="utf-8")
