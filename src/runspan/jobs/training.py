"""Fine-tuning: dataset → model folder with weights, tokenizer, metrics, resolved arguments and training curve."""

import time
from collections.abc import Sequence
from pathlib import Path

from datasets import Dataset, DatasetDict
from transformers import EarlyStoppingCallback, TrainerCallback, set_seed

from runspan.base.documents import Document
from runspan.base.errors import RunspanError
from runspan.base.labels import labels_of
from runspan.jobs.arguments import DataArguments, ModelArguments, TrainingArguments
from runspan.jobs.evaluation import read_split
from runspan.jobs.fingerprint import fingerprint
from runspan.jobs.loss import StopOnBadLoss, WeightedLoss
from runspan.jobs.output_folder import checkpoint_of, prepare_output_dir
from runspan.jobs.stop_request import StopRequest
from runspan.jobs.trainer import SpanTrainer
from runspan.jobs.training_curve import TrainingCurve
from runspan.jobs.training_report import TrainingReport, report
from runspan.language.bio import encode_tags
from runspan.language.compose.papers import ComposerSettings, compose_corpus
from runspan.modeling.dataset import dataset_tags
from runspan.modeling.dropout import use_byte_dropout
from runspan.modeling.encoder import freeze, load_new_model, load_tokenizer, longest_window
from runspan.modeling.encoding import TextEncoder
from runspan.modeling.lora import add_adapters, merge_adapters
from runspan.modeling.model_files import resolve_encoder
from runspan.modeling.training_windows import Example, PaddingCollator, TrainingWindows
from runspan.modeling.windows import WindowSettings


def train(
    dataset: DatasetDict,
    data_hash: str,
    data_args: DataArguments,
    model_args: ModelArguments,
    training_args: TrainingArguments,
    callbacks: Sequence[TrainerCallback] = (),
    stop: StopRequest | None = None,
) -> TrainingReport | None:
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
        stop: What may ask it to stop.

    Returns:
        What it came to, with the metrics as they stand in ``metrics.json``; ``None`` in a process that is not the
        first of several.

    Raises:
        RunspanError: An argument or the encoder is unusable, the output folder is taken, the checkpoint to go on from
            is not this training's, or the loss is no number.
        StoppedError: It was asked to stop, and has written a checkpoint.
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
    if model_args.lora_rank:
        add_adapters(
            model,
            model_args.lora_rank,
            model_args.lora_alpha,
            model_args.lora_dropout,
            model_args.lora_target_modules,
        )
    if training_args.device.type == "cpu":
        use_byte_dropout(model)
    settings = WindowSettings(data_args.max_length, data_args.stride)
    settings.check(longest_window(model.config))
    if source.resolve() == folder.resolve():
        raise RunspanError(f"{folder}: is the folder of the encoder to start from; give another --output_dir")
    trained = fingerprint(data_hash, labels_of(tags), data_args, model_args, training_args)
    with training_args.main_process_first(local=False, desc="output folder"):
        if training_args.process_index == 0:
            prepare_output_dir(training_args, trained)
        checkpoint = checkpoint_of(training_args, trained)
    encoder = TextEncoder(tokenizer)
    trainer = SpanTrainer(
        model=model,
        args=training_args,
        processing_class=tokenizer,
        train_dataset=training_windows(dataset["train"], encoder, data_args, training_args),
        eval_dataset=dataset["validation"],
        data_collator=PaddingCollator(encoder.pad_id),
        compute_loss_func=WeightedLoss(len(tags), training_args.outside_weight, training_args.label_smoothing_factor),
        callbacks=[TrainingCurve(), StopOnBadLoss(), *_early_stopping(training_args), *callbacks],
        settings=settings,
        trained=trained,
        stop=stop or StopRequest(),
        ema_decay=training_args.ema_decay,
    )
    measured = trainer.fit(checkpoint)
    trainer.take_average()
    if model_args.lora_rank:
        merge_adapters(model)
    trainer.save_model(str(folder))  # the best checkpoint, which the trainer has loaded back
    if not trainer.is_world_process_zero():
        return None
    settings.save(folder)
    written = report(folder, dataset, data_hash, data_args, model_args, training_args, trainer, measured, started)
    trainer.remove_surplus_checkpoints()
    return written


def training_windows(
    rows: Dataset, encoder: TextEncoder, args: DataArguments, training_args: TrainingArguments
) -> TrainingWindows:
    """The training windows of a dataset split, its documents composed anew each epoch."""
    seed, processes = training_args.seed, training_args.world_size
    tags = list(rows.features["ner_tags"].feature.names)
    documents = read_split(rows)
    composer = ComposerSettings(args.substitution_rate, args.noise_rate, args.paper_rate)

    def examples_of(epoch: int) -> list[Example]:
        return [_example(document, encoder, tags) for document in compose_corpus(documents, seed, epoch, composer)]

    multiple = training_args.train_batch_size * processes if processes > 1 else 1
    return TrainingWindows(examples_of, encoder, args.max_length, seed, multiple)


def _example(document: Document, encoder: TextEncoder, tags: Sequence[str]) -> Example:
    encoding = encoder.encode(document.text)
    return encoding.input_ids, encoding.labels([tags.index(tag) for tag in encode_tags(document.spans, encoding.words)])


def _early_stopping(args: TrainingArguments) -> list[TrainerCallback]:
    patience = args.early_stopping_patience
    return [] if patience is None else [EarlyStoppingCallback(early_stopping_patience=patience)]
