"""What more tagged documents would bring: a recipe trained on ever more of them, scored on documents of other kinds.

    python benchmarks/learning_curve.py configs/train.yaml --sizes 50 100 200 400 all --evaluate my_tagged_folder

The training documents of a size are among those of every larger one; validation and test documents are the same for
all. Any argument of train.py may follow: a recipe that counts epochs takes fewer steps for fewer documents, and with
--max_steps all sizes take as many. Writes learning_curve.json and learning_curve.svg into --output.
"""

import argparse
import hashlib
import json
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from datasets import DatasetDict
from measuring import environment, print_table

from runspan.base.documents import Document
from runspan.cli.arguments import parse_arguments
from runspan.cli.dataset import build
from runspan.cli.quiet import quiet_libraries
from runspan.jobs.arguments import DataArguments, ModelArguments, TrainingArguments
from runspan.jobs.evaluation import read_split, score_documents
from runspan.jobs.prediction import Predictor
from runspan.jobs.training import train
from runspan.language.seeds import read_seeds

ALL = "all"
TEST = "test split"


def main(argv: Sequence[str] | None = None) -> None:
    """Train and score each size with each seed; print a table, write it and a figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("config", help="of train.py")
    parser.add_argument("--sizes", nargs="+", default=["50", "100", "200", "400", ALL], help="training documents")
    parser.add_argument("--evaluate", nargs="*", default=[], metavar="DIR", help="folders of tagged documents")
    parser.add_argument("--seeds", nargs="+", type=int, default=[17])
    parser.add_argument("--output", type=Path, default=Path("build/learning_curve"))
    args, others = parser.parse_known_args(argv)
    quiet_libraries()
    with tempfile.TemporaryDirectory() as work:
        command = [args.config, *others, "--dataset_dir", f"{work}/dataset"]
        data_args, _, _ = parse_arguments(
            [*command, "--output_dir", work], (DataArguments, ModelArguments, TrainingArguments), "learning_curve.py"
        )
        dataset, data_hash = build(data_args)
        sets = {Path(folder).name: read_seeds([folder], data_args.labels) for folder in args.evaluate}
        sets[TEST] = read_split(dataset["test"])
        points = []
        for size in sizes(args.sizes, len(dataset["train"])):
            for seed in args.seeds:
                options = [*command, "--seed", str(seed), "--output_dir", f"{work}/{size}-{seed}"]
                points.append({"size": size, "seed": seed, **point(part(dataset, size), data_hash, options, sets)})
                print(json.dumps(points[-1]), flush=True)
    args.output.mkdir(parents=True, exist_ok=True)
    report = {"environment": environment(), "config": args.config, "arguments": others, "points": points}
    (args.output / "learning_curve.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    rows = table_rows(points, list(sets))
    print_table(["documents", "steps", *(f"{name}, strict F1" for name in sets)], rows)
    draw(points, list(sets), args.output / "learning_curve.svg")


def sizes(asked: Sequence[str], there: int) -> list[int]:
    """Numbers of training documents, in order; more than there are stand for all."""
    return sorted({there if size == ALL else min(int(size), there) for size in asked})


def part(dataset: DatasetDict, size: int) -> DatasetDict:
    """The dataset with ``size`` of its training documents: the first by a hash of their ids, so that sizes nest."""
    ids = dataset["train"]["id"]
    ranked = sorted(range(len(ids)), key=lambda i: hashlib.sha256(ids[i].encode()).digest())
    return DatasetDict({**dataset, "train": dataset["train"].select(sorted(ranked[:size]))})


def point(
    dataset: DatasetDict, data_hash: str, options: Sequence[str], sets: Mapping[str, Sequence[Document]]
) -> dict[str, Any]:
    """Steps of one training, and the strict F1 of its model on each set of documents."""
    data_args, model_args, training_args = parse_arguments(
        options, (DataArguments, ModelArguments, TrainingArguments), "learning_curve.py"
    )
    report = train(dataset, data_hash, data_args, model_args, training_args)
    assert report, "one process trains"
    predictor = Predictor.load(
        training_args.output_dir, str(training_args.device), precision=training_args.precision, backend="torch"
    )
    scores = {name: score_documents(gold, predictor.predict_spans(gold))["f1"] for name, gold in sets.items()}
    return {"steps": report.metrics["steps"], "f1": scores}


def table_rows(points: Sequence[Mapping[str, Any]], sets: Sequence[str]) -> list[list[object]]:
    """A row a size: mean over seeds, and their range where there are several."""
    rows: list[list[object]] = []
    for size in sorted({one["size"] for one in points}):
        own = [one for one in points if one["size"] == size]
        rows.append([size, own[0]["steps"], *(_spread([one["f1"][name] for one in own]) for name in sets)])
    return rows


def _spread(values: Sequence[float]) -> str:
    span = f" ({min(values):.3f}-{max(values):.3f})" if len(values) > 1 else ""
    return f"{statistics.fmean(values):.3f}{span}"


def draw(points: Sequence[Mapping[str, Any]], sets: Sequence[str], file: Path) -> None:
    """F1 over the number of training documents, a line a set, with the range over seeds."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    axes = figure.add_subplot()
    numbers = sorted({one["size"] for one in points})
    for name in sets:
        found = [[one["f1"][name] for one in points if one["size"] == size] for size in numbers]
        (line,) = axes.plot(numbers, [statistics.fmean(values) for values in found], marker="o", label=name)
        axes.fill_between(numbers, list(map(min, found)), list(map(max, found)), color=line.get_color(), alpha=0.2)
    axes.set(xscale="log", ylim=(0, 1), xlabel="tagged documents to train on", ylabel="strict span F1")
    axes.set_xticks(numbers, map(str, numbers), minor=False)
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(file, metadata={"Date": None})


if __name__ == "__main__":
    main()
