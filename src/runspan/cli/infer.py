"""``infer.py --model DIR_OR_HUB_ID --input PATH… --output FILE``: texts → run records."""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from runspan.base.errors import RunspanError
from runspan.base.records import ReadDocument, Record
from runspan.cli.console import messages
from runspan.cli.options import Options, positive, share
from runspan.cli.quiet import quiet_libraries
from runspan.language.readers import STDIN, find_inputs, read_documents
from runspan.modeling.backends.choice import BACKENDS
from runspan.publish.writers import STDOUT, RecordWriter, check_output

if TYPE_CHECKING:
    from runspan.jobs.prediction import Predictor


def main(argv: Sequence[str]) -> int:
    """Read, predict, write; say what was done."""
    args = _parse(argv)
    if args.explain:
        return _explain(args)
    inputs = find_inputs(args.input, args.output)
    if args.output != STDOUT:
        check_output(args.output)
    quiet_libraries()
    predictor = _predictor(args)
    totals = _Totals()
    documents = _progress(read_documents(inputs), inputs, args.quiet)
    try:
        with RecordWriter(args.output, predictor.labels) as writer:
            for record in totals.count(predictor.predict(documents, args.world_average, args.min_confidence)):
                writer.write(record)
    finally:
        if not args.quiet:
            backend = predictor.backend
            engine = f"{backend.device} ({backend.name}, {backend.precision})"
            messages.print(f"{totals.summary()}, device: {engine}, model: {predictor.source} → {args.output}")
    return 1 if totals.failed else 0


def _predictor(args: argparse.Namespace) -> "Predictor":
    from runspan.jobs.prediction import Predictor

    precision = None if args.precision == "auto" else args.precision
    return Predictor.load(
        args.model, args.device, args.batch_size, precision, args.backend, trust_remote_code=args.trust_remote_code
    )


def _explain(args: argparse.Namespace) -> int:
    """Print what becomes of one document, step by step."""
    documents = list(islice(read_documents(find_inputs([args.explain])), 2))
    if len(documents) != 1:
        raise RunspanError(f"{args.explain}: expected one document to explain, found {len(documents) or 'none'}")
    (read,) = documents
    if read.error is not None:
        raise RunspanError(f"{args.explain}: {read.error}")
    quiet_libraries()
    from runspan.jobs.explanation import explain
    from runspan.publish.explanation import write_explanation

    sys.stdout.write(write_explanation(explain(_predictor(args), read.document, args.min_confidence)))
    return 0


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = Options("infer", "Turn texts into run records.")
    parser.add_argument("--model", required=True, metavar="DIR_OR_HUB_ID", help="a fine-tuned model")
    parser.add_argument("--input", nargs="+", metavar="PATH", help="txt, md, jsonl files, folders of them, - for stdin")
    parser.add_argument("--output", metavar="FILE", help="*.jsonl, *.parquet, *.csv, - for stdout")
    parser.add_argument(
        "--explain", metavar="DOC", help="print what becomes of one document, step by step, and why; writes no records"
    )
    parser.add_argument("--device", help="cpu, cuda, cuda:1, mps; a GPU where there is one by default")
    parser.add_argument(
        "--backend", choices=BACKENDS, default="auto", help="engine; openvino on cpu, torch elsewhere (default: auto)"
    )
    parser.add_argument("--batch_size", type=positive, help="windows of full length a batch (default: by backend)")
    parser.add_argument(
        "--precision",
        choices=("auto", "fp32", "bf16", "fp16", "int8"),
        default="auto",
        help="bf16 or fp16 where the device has it, else fp32 (default: auto); int8 of `runspan quantize`",
    )
    parser.add_argument(
        "--world_average", action="store_true", help="CO2e with the world's average grid where a run has no country"
    )
    parser.add_argument(
        "--min_confidence",
        type=share,
        default=0.0,
        metavar="X",
        help="leave fields of less confidence out of the runs; their spans stay (default: 0)",
    )
    parser.add_argument("--trust_remote_code", action="store_true", help="run the model repository's own code")
    parser.add_argument("--quiet", action="store_true", help="no progress, no summary")
    args = parser.parse_args(argv)
    if args.explain and (args.input or args.output):
        parser.error("--explain takes a document of its own and prints; leave --input and --output out")
    if not args.explain and not (args.input and args.output):
        parser.error("--input and --output are required, or --explain")
    return args


class _Totals:
    """Counts what went through."""

    def __init__(self) -> None:
        self.documents = self.failed = self.tokens = 0
        self._started = time.perf_counter()

    def count(self, records: Iterable[Record]) -> Iterator[Record]:
        for record in records:
            self.documents += 1
            self.failed += record.error is not None
            self.tokens += record.tokens
            if record.error is not None:
                messages.print(f"{record.document.id}: {record.error}")
            yield record

    def summary(self) -> str:
        seconds = time.perf_counter() - self._started
        failed = f" ({self.failed} failed)" if self.failed else ""
        rate = self.tokens / seconds if seconds else 0.0
        return f"{self.documents} documents{failed}, {self.tokens} tokens, {seconds:.1f} s, {rate:,.0f} tokens/s"


def _progress(
    documents: Iterable[ReadDocument], inputs: Sequence[tuple[str, str]], quiet: bool
) -> Iterator[ReadDocument]:
    """Show how many documents were taken, on a terminal."""
    if quiet or not sys.stderr.isatty():
        yield from documents
        return
    countable = all(source != STDIN and not source.endswith(".jsonl") for _, source in inputs)
    bar = (TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*bar, console=messages, transient=True) as progress:
        task = progress.add_task("", total=len(inputs) if countable else None)
        for document in documents:
            yield document
            progress.advance(task)
