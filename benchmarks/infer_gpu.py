"""Texts to records on one GPU: runspan beside the model library's stock pipeline, same weights, same texts.

    python benchmarks/infer_gpu.py --model build/model --documents 20000

Documents of 50 to 500 words. In turn, medians; strict span F1 of both on the held-out documents of the corpus.
"""

import argparse
import statistics
from random import Random

import torch
from infer_cpu import stock_pipeline, write_records
from measuring import (
    alternate,
    environment,
    held_out,
    print_table,
    short_texts,
    spans_of,
    spread,
    stock_spans,
    strict_f1,
)

from runspan.base.documents import Document
from runspan.cli.quiet import quiet_libraries
from runspan.jobs.prediction import Predictor

BATCH_SIZES = (1, 8, 32, 128, 256)
WORDS = (50, 500)  # of a document
SAMPLE = 200  # documents that the pipeline is timed on


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    quiet_libraries()
    name = torch.cuda.get_device_name() if args.device.startswith("cuda") else args.device
    print(f"{name}; {environment()}\n")
    documents = _documents(args.documents)
    sample = documents[:SAMPLE]
    predictor = Predictor.load(args.model, args.device, backend="torch")
    stock = stock_pipeline(args.model, args.device)
    tokens = {len(part): _count(predictor, part) for part in (documents, sample)}
    tasks = {
        f"stock pipeline, batches of {size}": lambda size=size: stock([d.text for d in sample], batch_size=size)
        for size in BATCH_SIZES
    }
    tasks["runspan"] = lambda: write_records(predictor, documents)
    seconds = alternate(tasks, args.rounds)
    rates = {
        name: tokens[len(documents if name == "runspan" else sample)] / statistics.median(values)
        for name, values in seconds.items()
    }
    best = max(rate for name, rate in rates.items() if name != "runspan")
    rows = [[name, spread(seconds[name]), f"{rate:,.0f}", f"{rate / best:.2f}"] for name, rate in rates.items()]
    print_table(["", "seconds", "tokens/s", "times the best pipeline"], rows)
    tagged = held_out()
    ours = strict_f1(tagged, [spans_of(d) for d in predictor.predict_spans([Document(d.id, d.text) for d in tagged])])
    groups = stock([document.text for document in tagged], batch_size=1)
    theirs = strict_f1(tagged, [stock_spans(g, d.text) for g, d in zip(groups, tagged, strict=True)])
    print(f"\nstrict span F1 on {len(tagged)} held-out documents: runspan {ours:.4f}, pipeline {theirs:.4f}")


def _documents(count: int) -> list[Document]:
    words = " ".join(document.text for document in short_texts(2000)).split()
    random = Random(0)
    documents = []
    for i in range(count):
        size, start = random.randint(*WORDS), random.randrange(len(words) - WORDS[1])
        documents.append(Document(str(i), " ".join(words[start : start + size])))
    return documents


def _count(predictor: Predictor, documents: list[Document]) -> int:
    return sum(len(predictor.encoder.encode(document.text).input_ids) for document in documents)


if __name__ == "__main__":
    main()
