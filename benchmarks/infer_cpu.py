"""Texts to records on CPU: runspan's engines beside the model library's stock pipeline, same weights, same texts.

    python benchmarks/infer_cpu.py --model build/model
    python benchmarks/infer_cpu.py --model build/model --papers DIR --backends openvino openvino:int8

Papers are read in windows of 512 tokens with a stride of 64 by the pipeline, its best batch size of several taken. In
turn, medians, each engine's strict span F1 on the held-out documents of the corpus beside it.
"""

import argparse
import statistics
import tempfile
from pathlib import Path
from typing import Any

from measuring import (
    alternate,
    environment,
    held_out,
    papers,
    print_table,
    read_texts,
    short_texts,
    spans_of,
    spread,
    stock_spans,
    strict_f1,
)

from runspan.base.documents import Document
from runspan.base.record_lines import RecordLine
from runspan.base.records import ReadDocument
from runspan.cli.quiet import quiet_libraries
from runspan.jobs.pipeline import predict_documents
from runspan.jobs.prediction import Predictor
from runspan.publish.output_file import OutputFile

BATCH_SIZES = (1, 4, 8, 32)


def main() -> None:
    """Measure, and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--papers", type=Path, help="folder of text files; composed ones by default")
    parser.add_argument("--count", type=int, default=10, help="papers")
    parser.add_argument("--short", type=int, default=600, help="short texts")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--backends", nargs="+", default=["torch", "openvino"], help="NAME or NAME:PRECISION")
    args = parser.parse_args()
    quiet_libraries()
    print(environment() + "\n")
    engines = {name: _predictor(args.model, name) for name in args.backends}
    tagged = held_out()
    scores = {
        name: strict_f1(tagged, [spans_of(d) for d in engine.predict_spans([Document(d.id, d.text) for d in tagged])])
        for name, engine in engines.items()
    }
    stock = stock_pipeline(args.model)
    groups = stock([document.text for document in tagged], batch_size=1)
    scores["pipeline"] = strict_f1(tagged, [stock_spans(g, d.text) for g, d in zip(groups, tagged, strict=True)])
    long = (read_texts(args.papers) if args.papers else papers(args.count))[: args.count]
    for title, documents in (("papers", long), ("short texts", short_texts(args.short))):
        tokens = sum(len(stock.tokenizer(d.text, add_special_tokens=False)["input_ids"]) for d in documents)
        print(f"{len(documents)} {title}, {tokens} tokens as the pipeline counts them\n")
        _compare(documents, tokens, engines, stock, scores, args.rounds)


def _compare(
    documents: list[Document],
    tokens: int,
    engines: dict[str, Predictor],
    stock: Any,
    scores: dict[str, float],
    rounds: int,
) -> None:
    texts = [document.text for document in documents]
    sample = texts[: max(3, len(texts) // 5)]
    sizes = {size: lambda size=size: stock(sample, batch_size=size) for size in BATCH_SIZES}
    first = alternate({str(size): run for size, run in sizes.items()}, 1)
    best = min(BATCH_SIZES, key=lambda size: first[str(size)][0])
    tasks = {"pipeline": lambda: stock(texts, batch_size=best)}
    for name, engine in engines.items():
        tasks[name] = lambda engine=engine: write_records(engine, documents)
    seconds = alternate(tasks, rounds)
    base = statistics.median(seconds["pipeline"])
    rows = []
    for name, values in seconds.items():
        median = statistics.median(values)
        label = f"stock pipeline, batches of {best}" if name == "pipeline" else f"runspan {name}"
        rate = f"{len(documents) / median:,.1f} | {tokens / median:,.0f}"
        rows.append([label, spread(values), rate, f"{base / median:.2f}", f"{scores[name]:.4f}"])
    print_table(["", "seconds", "texts/s | tokens/s", "times", "strict span F1"], rows)
    print()


def _predictor(model: str, name: str) -> Predictor:
    backend, _, precision = name.partition(":")
    return Predictor.load(model, "cpu", None, precision or None, backend)


def stock_pipeline(model: str, device: str = "cpu") -> Any:
    """The model library's pipeline, whole words, overlapping windows of the longest that the model takes."""
    from transformers import AutoTokenizer, pipeline

    tokenizer = AutoTokenizer.from_pretrained(model)
    return pipeline(
        "token-classification",
        model=model,
        tokenizer=tokenizer,
        aggregation_strategy="first",
        stride=64,
        device=device,
    )


def write_records(predictor: Predictor, documents: list[Document]) -> None:
    """Texts to a file of JSON lines."""
    with tempfile.TemporaryDirectory() as folder:
        records = predict_documents(predictor, (ReadDocument(Document(d.id, d.text)) for d in documents))
        file = OutputFile(str(Path(folder) / "records.jsonl"))
        file.publish((RecordLine.of(record).json for record in records), predictor.labels)


if __name__ == "__main__":
    main()
