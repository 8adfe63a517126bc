"""Where the time of prediction goes: seconds of each stage by itself, and how far the whole is from the ceilings.

    python benchmarks/where.py --model build/model

The ceilings are measured in the same run: the tokenizer alone, and the forward pass alone over the same batches.
"""

import argparse
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from measuring import environment, papers, print_table, read_texts

from runspan.base.documents import Document
from runspan.base.records import ReadDocument
from runspan.cli.quiet import quiet_libraries
from runspan.jobs.pipeline import predict_documents
from runspan.jobs.prediction import PredictionOptions, Predictor
from runspan.language.rules import apply_rules
from runspan.modeling.batches import make_batches
from runspan.modeling.decoding import decode_spans


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--papers", type=Path, help="folder of text files; composed ones by default")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--backend", default="auto")
    parser.add_argument("--device")
    args = parser.parse_args()
    quiet_libraries()
    print(environment() + "\n")
    documents = (read_texts(args.papers) if args.papers else papers(args.count))[: args.count]
    documents = [Document(document.id, document.text) for document in documents]
    predictor = Predictor.load(args.model, args.device, backend=args.backend)
    list(predict_documents(predictor, map(ReadDocument, documents[:2])))
    stages = _stages(predictor, documents)
    started = time.perf_counter()
    records = list(predict_documents(predictor, map(ReadDocument, documents)))
    whole = time.perf_counter() - started
    tokens = sum(record.tokens for record in records)
    print(f"{len(documents)} documents, {tokens} tokens, {predictor.backend.name} {predictor.backend.precision}\n")
    alone = sum(seconds for name, seconds in stages.items() if name != "tokenizer alone")
    rows = [
        [name, f"{seconds:.2f}", f"{seconds / alone:.1%}", f"{tokens / seconds:,.0f}"]
        for name, seconds in stages.items()
    ]
    rows.append(["all, side by side", f"{whole:.2f}", f"{whole / alone:.1%}", f"{tokens / whole:,.0f}"])
    print_table(["stage", "seconds", "of the sum", "tokens/s"], rows)
    print(f"\nthe whole takes {whole / stages['model']:.2f} times the forward pass alone")


def _stages(predictor: Predictor, documents: list[Document]) -> dict[str, float]:
    seconds: dict[str, float] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        result = work()
        seconds[name] = time.perf_counter() - started
        return result

    backend = predictor.encoder._backend
    timed("tokenizer alone", lambda: [backend.encode(d.text, add_special_tokens=False) for d in documents])
    encodings = timed(
        "encode: tokens aligned with words", lambda: [predictor.encoder.encode(d.text) for d in documents]
    )
    batches = timed(
        "batch",
        lambda: make_batches(encodings, predictor.encoder, predictor.settings, predictor.batch_tokens),
    )
    offsets = [0]
    for encoding in encodings:
        offsets.append(offsets[-1] + len(encoding.words))
    scores = timed("model", lambda: predictor.backend.score(batches, offsets[-1]))
    parts = [scores.part(start, end) for start, end in pairwise(offsets)]
    spans = timed(
        "decode",
        lambda: [decode_spans(part, e.words, predictor.tags) for part, e in zip(parts, encodings, strict=True)],
    )
    found = [Document(d.id, d.text, tuple(s)) for d, s in zip(documents, spans, strict=True)]
    ruled = timed("rules", lambda: [predictor.confidence.of_spans(apply_rules(document)) for document in found])
    records = timed(
        "runs and estimates",
        lambda: [
            predictor.make_record(d, e, ReadDocument(d), PredictionOptions())
            for d, e in zip(ruled, encodings, strict=True)
        ],
    )
    timed("write", lambda: [record.as_dict() for record in records])
    return seconds


if __name__ == "__main__":
    main()
