"""Fine-tuning: dataset → model folder with weights, tokenizer, metrics, resolved arguments and training curve."""

import json
import math
import re
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset, DatasetDict
from torch.utils.data import Sampler, SequentialSampler
from transformers import EarlyStoppingCallback, Trainer, TrainerCallback, set_seed

from runspan.base.documents import Document
from runspan.base.errors import RunspanError
from runspan.base.labels import labels_of
from runspan.jobs.arguments import DataArguments, ModelArguments, TrainingArguments
from runspan.jobs.calibration import calibrate, measure
from runspan.jobs.confidence import Confidence
from runspan.jobs.evaluation import read_split, score_documents
from runspan.jobs.prediction import Predictor
from runspan.jobs.provenance import describe_run
from runspan.language.bio import encode_tags
from runspan.language.compose.papers import ComposerSettings, compose_corpus
from runspan.modeling.averaging import WeightAverage
from runspan.modeling.backends.torch_backend import TorchBackend
from runspan.modeling.dataset import dataset_tags
from runspan.modeling.dropout import use_byte_dropout
from runspan.modeling.encoder import freeze, load_new_model, load_tokenizer, longest_window
from runspan.modeling.encoding import IGNORED, TextEncoder
from runspan.modeling.model_files import resolve_encoder
from runspan.modeling.training_windows import Example, PaddingCollator, TrainingWindows
from runspan.modeling.windows import WindowSettings

_MARKS = frozenset({"runspan.json", "run_config.yaml"})  # only a training run writes these
_WRITTEN = _MARKS | {
    "calibration.json",
    "config.json",
    "metrics.json",
    "model.safetensors",
    "reliability.svg",
    "runspan-onnx",
    "runspan-openvino",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "training_args.bin",
    "training_curve.jsonl",
    "vocab.txt",
}
_CHECKPOINT = re.compile(r"checkpoint-\d+")


def train(
    dataset: DatasetDict,
    data_hash: str,
    data_args: DataArguments,
    model_args: ModelArguments,
    training_args: TrainingArguments,
    callbacks: Sequence[TrainerCallback] = (),
) -> dict[str, Any]:
    """Fine-tune an encoder and write the model folder ``training_args.output_dir``.

    The model is written (with ``load_best_model_at_end``, the best checkpoint by strict entity F1 on the validation
    split), read back from disk, and scored again on the validation and test splits; only that is reported.

    Args:
        dataset: As :func:`runspan.modeling.dataset.build_dataset` makes it.
        data_hash: Of the documents behind the dataset, for the record of the run.
        data_args: How texts are cut into windows.
        model_args: The encoder.
        training_args: All else.
        callbacks: Further callbacks of the trainer (a progress display, say).

    Returns:
        The metrics, as they stand in ``metrics.json``.

    Raises:
        RunspanError: An argument or the encoder is unusable, the output folder is taken, or the loss is no number.
    """
    started = time.time()
    folder = Path(training_args.output_dir)
    set_seed(training_args.seed)
    source = resolve_encoder(model_args.model_name_or_path, model_args.model_revision)
    tokenizer = load_tokenizer(source, model_args.trust_remote_code)
    tags = dataset_tags(dataset)
    model = load_new_model(
        source,
        labels_of(tags),
        model_args.attention_dropout,
        model_args.hidden_dropout,
        model_args.attn_implementation,
        trust_remote_code=model_args.trust_remote_code,
    )
    freeze(model, model_args.freeze_embeddings, model_args.freeze_layers)
    if training_args.device.type == "cpu":
        use_byte_dropout(model)
    settings = WindowSettings(data_args.max_length, data_args.stride)
    settings.check(longest_window(model.config))
    if source.resolve() == folder.resolve():
        raise RunspanError(f"{folder}: is the folder of the encoder to start from; give another --output_dir")
    with training_args.main_process_first(local=False, desc="output folder"):
        if training_args.process_index == 0:
            prepare_output_dir(training_args)
    encoder = TextEncoder(tokenizer)
    trainer = SpanTrainer(
        model=model,
        args=training_args,
        processing_class=tokenizer,
        train_dataset=training_windows(dataset["train"], encoder, data_args, training_args.seed),
        eval_dataset=dataset["validation"],
        data_collator=PaddingCollator(encoder.pad_id),
        compute_loss_func=WeightedLoss(len(tags), training_args.outside_weight, training_args.label_smoothing_factor),
        callbacks=[StopOnBadLoss(), *_early_stopping(training_args), *callbacks],
        settings=settings,
        ema_decay=training_args.ema_decay,
    )
    result = trainer.train(resume_from_checkpoint=find_checkpoint(training_args))
    trainer.take_average()
    trainer.save_model(str(folder))  # the best checkpoint, which the trainer has loaded back
    if not trainer.is_world_process_zero():
        return {}
    settings.save(folder)
    for arguments in folder.rglob("training_args.bin"):
        arguments.unlink()  # may hold a token in clear text, and nothing reads it
    return _report(folder, dataset, data_hash, data_args, model_args, training_args, trainer, result.metrics, started)


def find_checkpoint(args: TrainingArguments) -> str | None:
    """The checkpoint to go on from: the last whole one of ``output_dir`` for ``true``, or the folder that is named.

    Raises:
        RunspanError: There is no such checkpoint.
    """
    name = str(args.resume_from_checkpoint or "false")
    if name.lower() in ("false", "no"):
        return None
    if name.lower() not in ("true", "yes"):
        if not _is_whole(Path(name)):
            raise RunspanError(f"{name}: no checkpoint; expected a folder checkpoint-N that a training run wrote")
        return name
    folders = Path(args.output_dir).glob("checkpoint-*")
    checkpoints = [path for path in folders if _CHECKPOINT.fullmatch(path.name) and _is_whole(path)]
    if not checkpoints:
        raise RunspanError(f"{args.output_dir}: no checkpoint to go on from; train without --resume_from_checkpoint")
    return str(max(checkpoints, key=lambda path: int(path.name.removeprefix("checkpoint-"))))


def _is_whole(checkpoint: Path) -> bool:
    """Whether a checkpoint was written to its end: the trainer writes its state last."""
    try:
        json.loads((checkpoint / "trainer_state.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return True


def prepare_output_dir(args: TrainingArguments) -> None:
    """Make sure that the output folder can be written; clear it where ``overwrite_output_dir`` says so.

    Raises:
        RunspanError: It can't be made; it is not empty, and the run neither resumes nor overwrites; or what it holds
            is no earlier training run.
    """
    folder = Path(args.output_dir)
    checkpoint = find_checkpoint(args)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunspanError(f"{folder}: can't be made ({error.strerror or error}); give another --output_dir") from error
    if checkpoint or not any(folder.iterdir()):
        return
    if not args.overwrite_output_dir:
        raise RunspanError(
            f"{folder}: is not empty; give another --output_dir, --resume_from_checkpoint true to go on from its last "
            "checkpoint, or --overwrite_output_dir true to replace it"
        )
    _clear(folder)


def _clear(folder: Path) -> None:
    """Remove what an earlier training run wrote, and nothing else."""
    written = [path for path in folder.iterdir() if path.name in _WRITTEN or _CHECKPOINT.fullmatch(path.name)]
    if folder.is_symlink() or not any(path.name in _MARKS or _CHECKPOINT.fullmatch(path.name) for path in written):
        raise RunspanError(f"{folder}: holds no earlier training run, so it is not overwritten; empty it by hand")
    for path in written:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def training_windows(rows: Dataset, encoder: TextEncoder, args: DataArguments, seed: int) -> TrainingWindows:
    """The training windows of a dataset split, its documents composed anew each epoch."""
    tags = list(rows.features["ner_tags"].feature.names)
    documents = read_split(rows)
    composer = ComposerSettings(args.substitution_rate, args.noise_rate, args.paper_rate)

    def examples_of(epoch: int) -> list[Example]:
        return [_example(document, encoder, tags) for document in compose_corpus(documents, seed, epoch, composer)]

    return TrainingWindows(examples_of, encoder, args.max_length, seed)


def _example(document: Document, encoder: TextEncoder, tags: Sequence[str]) -> Example:
    encoding = encoder.encode(document.text)
    return encoding.input_ids, encoding.labels([tags.index(tag) for tag in encode_tags(document.spans, encoding.words)])


def _early_stopping(args: TrainingArguments) -> list[TrainerCallback]:
    patience = args.early_stopping_patience
    return [] if patience is None else [EarlyStoppingCallback(early_stopping_patience=patience)]


class WeightedLoss:
    """Cross-entropy over the words' first tokens, averaged over all of an optimizer step's windows.

    Args:
        tags: Number of tags; the first is ``O``.
        outside_weight: Weight of ``O``.
        label_smoothing: Share of the target spread over all tags.
    """

    def __init__(self, tags: int, outside_weight: float = 1.0, label_smoothing: float = 0.0) -> None:
        self._weight = torch.ones(tags)
        self._weight[0] = outside_weight
        self._label_smoothing = label_smoothing

    def __call__(
        self, outputs: Mapping[str, Any], labels: torch.Tensor, num_items_in_batch: torch.Tensor | int | None = None
    ) -> torch.Tensor:
        """Loss of logits (windows, tokens, tags) against labels (windows, tokens), a scalar."""
        logits = outputs["logits"].float()
        total = torch.nn.functional.cross_entropy(
            logits.view(-1, logits.shape[-1]),
            labels.view(-1),
            weight=self._weight.to(logits.device),
            ignore_index=IGNORED,
            reduction="sum",
            label_smoothing=self._label_smoothing,
        )
        items = (labels != IGNORED).sum() if num_items_in_batch is None else torch.as_tensor(num_items_in_batch)
        return total / items.to(total.device).clamp(min=1)  # a window's rest may hold no word's first token


class StopOnBadLoss(TrainerCallback):
    """Stops training with a message where the loss or the gradient is no number."""

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **_: Any) -> None:
        """Look at what was logged.

        Raises:
            RunspanError: It holds a NaN or an infinity.
        """
        # With fp16 the first gradients may overflow: their steps are skipped and the scale is lowered.
        for name in ("loss", "train_loss") if args.fp16 else ("loss", "train_loss", "grad_norm"):
            value = (logs or {}).get(name)
            if value is not None and not math.isfinite(float(value)):
                raise RunspanError(
                    f"step {state.global_step}: {name} is {float(value)}. Lower learning_rate "
                    f"(now {args.learning_rate:g}), or train with --mixed_precision no"
                )


class SpanTrainer(Trainer):
    """A trainer that evaluates as prediction predicts: whole documents, windows, legal tags, strict F1.

    With an ``ema_decay`` above 0 it keeps the mean of its weights, and what it evaluates is that.
    """

    def __init__(self, *args: Any, settings: WindowSettings, ema_decay: float = 0.0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._settings = settings
        self._average: WeightAverage | None = None
        if ema_decay:
            self._average = WeightAverage(self.accelerator.unwrap_model(self.model), ema_decay)
            self.add_callback(self._average)

    def take_average(self) -> None:
        """Put the mean of the weights in place of the last ones, where there is one."""
        if self._average:
            self.accelerator.unwrap_model(self.model).load_state_dict(self._average.model.state_dict())
            self._average = None

    def _save(self, output_dir: str | None = None, state_dict: dict[str, Any] | None = None) -> None:
        super()._save(output_dir, state_dict)
        if self._average and self.args.should_save:
            self._average.save(Path(output_dir or self.args.output_dir))

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        super()._load_from_checkpoint(resume_from_checkpoint, model)
        if self._average:
            self._average.load(Path(resume_from_checkpoint))

    def _load_best_model(self) -> None:
        super()._load_best_model()
        if self._average and self.state.best_model_checkpoint:
            self._average.load(Path(self.state.best_model_checkpoint))

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int]:
        return SequentialSampler(train_dataset if train_dataset is not None else self.train_dataset)

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        """The library's optimizer, with the head's parameters in groups of their own where they learn faster."""
        optimizer = super().create_optimizer(model)
        rate = self.args.head_learning_rate
        if rate is not None and not any("head" in group for group in optimizer.param_groups):
            base = self.model.base_model_prefix
            head = {id(p) for name, p in self.model.named_parameters() if not name.startswith(f"{base}.")}
            for group in list(optimizer.param_groups):
                own = [p for p in group["params"] if id(p) in head]
                if own:
                    group["params"] = [p for p in group["params"] if id(p) not in head]
                    options = {key: value for key, value in group.items() if key not in ("params", "lr", "initial_lr")}
                    optimizer.add_param_group({**options, "params": own, "lr": rate, "head": True})
        return optimizer

    def evaluate(
        self, eval_dataset: Any = None, ignore_keys: Any = None, metric_key_prefix: str = "eval"
    ) -> dict[str, float]:
        """Strict scores of the validation documents, logged and handed to the callbacks."""
        rows = eval_dataset if eval_dataset is not None else self.eval_dataset
        started = time.time()
        model = self._average.model if self._average else self.accelerator.unwrap_model(self.model)
        backend = TorchBackend(model, self.processing_class, self.args.precision)
        predictor = Predictor(backend, self._settings, self.args.per_device_eval_batch_size)
        tagged = read_split(rows)
        scores = score_documents(tagged, predictor.predict_spans(tagged))
        metrics = {f"{metric_key_prefix}_{name}": scores[name] for name in ("precision", "recall", "f1")}
        metrics[f"{metric_key_prefix}_runtime"] = round(time.time() - started, 2)
        self.log(metrics)
        self.control: Any = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics


def _report(
    folder: Path,
    dataset: DatasetDict,
    data_hash: str,
    data_args: DataArguments,
    model_args: ModelArguments,
    training_args: TrainingArguments,
    trainer: SpanTrainer,
    train_metrics: Mapping[str, float],
    started: float,
) -> dict[str, Any]:
    """Score and calibrate the model that is on disk; write calibration, metrics, arguments and curve beside it."""
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
    _write_json(folder / "metrics.json", metrics)
    (folder / "run_config.yaml").write_text(
        describe_run(data_hash, data_args, model_args, training_args), encoding="utf-8"
    )
    curve = [json.dumps(entry) + "\n" for entry in trainer.state.log_history]
    (folder / "training_curve.jsonl").write_text("".join(curve), encoding="utf-8")
    return metrics


def _write_json(file: Path, content: Any) -> None:
    file.write_text(json.dumps(content, indent=2, allow_nan=False) + "\n", encoding="utf-8")
