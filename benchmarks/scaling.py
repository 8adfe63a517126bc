"""Time and memory of `infer.py` over 1, 10, 100 times the documents, and over documents 1 … 100 times as long.

    python benchmarks/scaling.py --model build/model

Each point is a process of its own; seconds are of reading, predicting and writing, without start-up.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from measuring import environment, print_table, short_texts

_WORKER = "--worker"
_WARM_UP_BYTES = 30_000


def main() -> None:
    """Measure every point, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--documents", type=int, default=100, help="at factor 1")
    parser.add_argument("--chars", type=int, default=20_000, help="of the one document at factor 1")
    parser.add_argument("--factors", type=int, nargs="+", default=[1, 10, 100])
    args = parser.parse_args()
    print(environment() + "\n")
    texts = [document.text for document in short_texts(2000)]
    Random(0).shuffle(texts)  # so that facts are spread evenly
    rows = []
    for what in ("documents", "length"):
        first = None
        for factor in args.factors:
            if what == "documents":
                documents = [texts[i % len(texts)] for i in range(args.documents * factor)]
            else:
                joined = "\n".join(texts)
                size = args.chars * factor
                documents = [(joined * (size // len(joined) + 1))[:size]]
            measured = _run(args.model, documents)
            rate = measured["tokens"] / measured["seconds"]
            first = first or rate
            rows.append(
                [
                    what,
                    factor,
                    len(documents),
                    measured["tokens"],
                    f"{measured['seconds']:.2f}",
                    f"{rate:,.0f}",
                    f"{first / rate:.2f}",
                    f"{measured['memory_mb']:.0f}",
                ]
            )
    columns = ["more", "factor", "documents", "tokens", "seconds", "tokens/s", "time per token, times", "memory MB"]
    print_table(columns, rows)


def _run(model: str, documents: list[str]) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "texts.jsonl"
        with source.open("w", encoding="utf-8") as file:
            for i, text in enumerate(documents):
                file.write(json.dumps({"id": str(i), "text": text}) + "\n")
        command = [sys.executable, __file__, _WORKER, model, str(source), str(Path(folder) / "records.jsonl")]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return json.loads(done.stdout.splitlines()[-1])


def worker(model: str, source: str, output: str) -> None:
    """One point: predict a file, and print what it took."""
    import resource

    from runspan.base.record_lines import RecordLine
    from runspan.jobs.chunks import in_chunks
    from runspan.jobs.pipeline import predict_chunks
    from runspan.jobs.prediction import Predictor
    from runspan.language.readers.inputs import Inputs
    from runspan.publish.output_file import OutputFile

    predictor = Predictor.load(model)

    def predict() -> Iterator[Any]:
        for records in predict_chunks(predictor, in_chunks(Inputs((source,)), predictor.backend.chunk_chars)):
            yield from records

    if Path(source).stat().st_size < _WARM_UP_BYTES:  # what the first texts cost once would count for much
        list(predict())
    started, tokens = time.perf_counter(), 0

    def lines() -> Iterator[bytes]:
        nonlocal tokens
        for record in predict():
            tokens += record.tokens
            yield RecordLine.of(record).json

    OutputFile(output).publish(lines(), predictor.labels)
    seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "tokens": tokens, "memory_mb": memory}))


if __name__ == "__main__":
    if sys.argv[1:2] == [_WORKER]:
        worker(*sys.argv[2:])
    else:
        main()
