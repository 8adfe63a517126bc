"""The options of ``infer.py``."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from runspan.cli.options import Options, not_negative, positive, share
from runspan.language.readers.options import ReadOptions
from runspan.modeling.backends.choice import BACKENDS
from runspan.publish.output_file import STDOUT
from runspan.publish.review_page.page import check_page

ENGINES = ("local", "ray")


def parse_options(argv: Sequence[str]) -> argparse.Namespace:
    """What was typed.

    Raises:
        RunspanError: It can't be meant.
    """
    parser = Options("infer", "Turn texts into run records.")
    parser.add_argument("--model", required=True, metavar="DIR_OR_HUB_ID", help="a fine-tuned model")
    parser.add_argument(
        "--input",
        nargs="+",
        metavar="PATH",
        help="txt, md, html, pdf, jsonl (also .gz), parquet; folders; URLs that fsspec knows; - for jsonl on stdin",
    )
    parser.add_argument("--output", metavar="FILE", help="*.jsonl, *.parquet, *.csv, a path or URL; - for stdout")
    parser.add_argument("--overwrite", action="store_true", help="start anew, whatever an interrupted run left")
    parser.add_argument(
        "--explain", metavar="DOC", help="print what becomes of one document, step by step, and why; writes no records"
    )
    _add_reading(parser)
    _add_model(parser)
    _add_engine(parser)
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
    parser.add_argument(
        "--report", type=Path, metavar="OUT.html", help="write a page to look through the records and correct them, too"
    )
    parser.add_argument("--stats", type=Path, metavar="FILE", help="write counts, rates and peak memory as JSON")
    parser.add_argument("--quiet", action="store_true", help="no progress, no summary")
    args = parser.parse_args(argv)
    if args.explain and (args.input or args.output or args.report):
        parser.error("--explain takes a document of its own and prints; leave --input, --output and --report out")
    if not args.explain and not (args.input and args.output):
        parser.error("--input and --output are required, or --explain")
    if args.report:
        check_page(args.report)
        if args.output == STDOUT:
            parser.error("--report is made of the records in a file; give an --output other than -")
    _check_engine(parser, args)
    return args


def _add_reading(parser: argparse.ArgumentParser) -> None:
    defaults = ReadOptions()
    parser.add_argument("--text_column", default=defaults.text_column, help="key of the text in jsonl and parquet")
    parser.add_argument("--id_column", default=defaults.id_column, help="key of the document's id there")
    parser.add_argument(
        "--max_chars",
        type=positive,
        default=defaults.max_chars,
        metavar="N",
        help=f"longer documents are errors (default: {defaults.max_chars:,})",
    )
    parser.add_argument(
        "--save_text", type=Path, metavar="DIR", help="keep the texts of pdf and html documents, which offsets refer to"
    )


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", help="cpu, cuda, cuda:1, mps; a GPU where there is one by default")
    parser.add_argument(
        "--backend", choices=BACKENDS, default="auto", help="openvino on cpu, torch elsewhere (default: auto)"
    )
    parser.add_argument("--batch_size", type=positive, help="windows of full length a batch (default: by backend)")
    parser.add_argument(
        "--precision",
        choices=("auto", "fp32", "bf16", "fp16", "int8"),
        default="auto",
        help="bf16 or fp16 where the device has it, else fp32 (default: auto); int8 of `runspan quantize`, `export`",
    )
    parser.add_argument("--trust_remote_code", action="store_true", help="run the model repository's own code")


def _add_engine(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--engine", choices=ENGINES, default="local", help="this process, or the machines of a Ray cluster"
    )
    parser.add_argument(
        "--ray_address", metavar="HOST:PORT", help="the cluster; RAY_ADDRESS, or one of this machine alone by default"
    )
    parser.add_argument(
        "--workers",
        type=positive,
        metavar="N",
        help="models that Ray loads (default: one a GPU; without, one a machine)",
    )
    parser.add_argument(
        "--gpus_per_worker",
        type=not_negative,
        metavar="X",
        help="a part of one lets several share it (default: 1 where the cluster has GPUs)",
    )


def _check_engine(parser: argparse.ArgumentParser, args: argparse.Namespace) -> None:
    if args.engine == "local":
        for name in ("ray_address", "workers", "gpus_per_worker"):
            if getattr(args, name) is not None:
                parser.error(f"--{name} is for --engine ray")
        return
    if args.explain:
        parser.error("--explain reads its document here; leave --engine out")
    if args.device not in (None, "cpu", "cuda"):
        parser.error(f"--device {args.device}: Ray gives each worker its GPU; expected cpu or cuda")
    if args.device == "cpu" and args.gpus_per_worker:
        parser.error("--device cpu takes no GPUs; leave --gpus_per_worker out")
    if args.device == "cuda" and args.gpus_per_worker == 0:
        parser.error("--device cuda takes a GPU; leave --gpus_per_worker out")
