"""Training on CPU or GPU: the recipe beside the model library's plain Trainer, on the same documents.

    python benchmarks/train.py --tokens 200000

The plain one is what a newcomer writes: documents cut into windows of 256 tokens, padded to the longest of a batch of
eight, and every other argument as the library has it. Both see the same number of tokens that are no padding; both
models are scored in the same way on the held-out documents of the corpus.
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from measuring import environment, held_out, print_table, spans_of, strict_f1
from transformers import DataCollatorForTokenClassification, Trainer, TrainingArguments

from runspan.base.documents import Document
from runspan.cli.arguments import parse_arguments
from runspan.cli.dataset import build
from runspan.cli.quiet import quiet_libraries
from runspan.jobs.arguments import DataArguments, ModelArguments
from runspan.jobs.arguments import TrainingArguments as RecipeArguments
from runspan.jobs.evaluation import read_split
from runspan.jobs.prediction import Predictor
from runspan.jobs.training import train
from runspan.language.bio import encode_tags
from runspan.modeling.backends.torch_backend import TorchBackend
from runspan.modeling.dataset import dataset_tags
from runspan.modeling.encoder import load_new_model, load_tokenizer
from runspan.modeling.encoding import TextEncoder
from runspan.modeling.model_files import DEFAULT_ENCODER, resolve_encoder
from runspan.modeling.windows import WindowSettings, cut_windows

CONFIG = str(Path(__file__).parents[1] / "configs" / "train.yaml")
NO_EVALUATION = ["--eval_strategy", "no", "--save_strategy", "no", "--load_best_model_at_end", "false"]


def main() -> None:
    """Train both, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tokens", type=int, default=200_000, help="that are no padding")
    parser.add_argument("--seed", type=int, default=17)
    args = parser.parse_args()
    quiet_libraries()
    print(environment() + "\n")
    with tempfile.TemporaryDirectory() as folder:
        rows = [_plain(args.tokens, args.seed, folder), _recipe(args.tokens, args.seed, folder)]
    print(f"{args.tokens} tokens each, seed {args.seed}\n")
    for row in rows:
        row.append(f"{float(rows[0][2]) / float(row[2]):.2f}")
    print_table(["", "tokens", "seconds of training", "tokens/s", "padding", "held-out strict F1", "times"], rows)


def _recipe(tokens: int, seed: int, folder: str) -> list[Any]:
    windows = 4
    steps = max(1, round(tokens / (windows * 256)))
    options = ["--output_dir", f"{folder}/recipe", "--dataset_dir", f"{folder}/dataset", "--max_steps", str(steps)]
    arguments = (DataArguments, ModelArguments, RecipeArguments)
    parsed = parse_arguments([CONFIG, *options, *NO_EVALUATION, "--seed", str(seed)], arguments, "train.py")
    dataset, data_hash = build(parsed[0])
    report = train(dataset, data_hash, *parsed)
    assert report, "one process trains"
    seen = steps * windows * 256
    seconds = report.metrics["train_seconds"]
    predictor = Predictor.load(f"{folder}/recipe", backend="torch")
    return ["runspan", seen, f"{seconds:.1f}", f"{seen / seconds:,.0f}", "0.0%", f"{_score(predictor):.3f}"]


def _plain(tokens: int, seed: int, folder: str) -> list[Any]:
    data_args, *_ = parse_arguments([CONFIG], (DataArguments, ModelArguments, RecipeArguments), "train.py")
    dataset, _ = build(data_args)
    source = resolve_encoder(DEFAULT_ENCODER)
    tokenizer = load_tokenizer(source)
    encoder, tags = TextEncoder(tokenizer), dataset_tags(dataset)
    windows, seen = [], 0
    for document in read_split(dataset["train"].shuffle(seed=seed)):
        encoding = encoder.encode(document.text)
        labels = encoding.labels([tags.index(tag) for tag in encode_tags(document.spans, encoding.words)])
        for window in cut_windows(len(encoding.input_ids), 254, 0):
            part = slice(window.start, window.end)
            ids = [*encoder.prefix, *encoding.input_ids[part].tolist(), *encoder.suffix]
            windows.append({"input_ids": ids, "labels": [-100, *labels[part].tolist(), -100]})
            seen += len(ids)
        if seen >= tokens:
            break
    torch.manual_seed(seed)
    model = load_new_model(source, data_args.labels)
    collator = _CountingCollator(tokenizer)
    arguments = TrainingArguments(
        f"{folder}/plain", num_train_epochs=1, seed=seed, report_to="none", save_strategy="no", disable_tqdm=True
    )
    trainer = Trainer(model, arguments, train_dataset=windows, data_collator=collator, processing_class=tokenizer)
    started = time.perf_counter()
    trainer.train()
    seconds = time.perf_counter() - started
    predictor = Predictor(TorchBackend(model, tokenizer), WindowSettings())
    padding = f"{1 - seen / collator.padded:.1%}"
    return ["plain Trainer", seen, f"{seconds:.1f}", f"{seen / seconds:,.0f}", padding, f"{_score(predictor):.3f}"]


class _CountingCollator(DataCollatorForTokenClassification):
    padded = 0

    def torch_call(self, features: Any) -> Any:
        batch = super().torch_call(features)
        type(self).padded += batch["input_ids"].numel()
        return batch


def _score(predictor: Predictor) -> float:
    tagged = held_out()
    found = predictor.predict_spans([Document(document.id, document.text) for document in tagged])
    return strict_f1(tagged, [spans_of(document) for document in found])


if __name__ == "__main__":
    main()
