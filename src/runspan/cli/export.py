"""``runspan export --model DIR --dataset DIR --output DIR``: a model for ONNX Runtime, compared with it."""

import argparse
import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runspan.base.errors import RunspanError
from runspan.cli.console import messages, table
from runspan.cli.options import Options
from runspan.cli.quiet import quiet_libraries

_NEEDED = ("onnxruntime", "onnx", "onnxscript")
_COLUMNS = ("form", "strict F1", "equal spans", "MB", "tokens/s")


def main(argv: Sequence[str]) -> int:
    """Export, compare, and print what it costs."""
    args = parse_options(argv)
    output = _folder(args.output)
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise RunspanError(f"needs {' and '.join(missing)}, not installed: pip install 'runspan[onnx]'")
    quiet_libraries()
    from runspan.jobs.export import export_model
    from runspan.modeling.dataset import load_dataset
    from runspan.modeling.model_files import resolve_encoder

    dataset = load_dataset(Path(args.dataset))
    precisions = [name for name in ("fp32", "int8") if name in args.precision]
    report = export_model(resolve_encoder(args.model), output, dataset, precisions, args.trust_remote_code)
    _print(report, output)
    return 0


def parse_options(argv: Sequence[str]) -> argparse.Namespace:
    """What was typed.

    Raises:
        RunspanError: It can't be meant.
    """
    parser = Options("export", "Write a model for ONNX Runtime, and compare it with the model on held-out documents.")
    parser.add_argument("--model", required=True, metavar="DIR_OR_HUB_ID", help="a fine-tuned model")
    parser.add_argument("--dataset", required=True, metavar="DIR", help="the dataset that it was trained on")
    parser.add_argument("--output", required=True, metavar="DIR", help="folder to write, or DIR/model.onnx")
    parser.add_argument("--precision", nargs="+", choices=("fp32", "int8"), default=["fp32", "int8"], help="forms")
    parser.add_argument("--trust_remote_code", action="store_true", help="run the model repository's own code")
    return parser.parse_args(argv)


def _folder(output: str) -> Path:
    """The folder to write; a graph in it may be named in its place."""
    path = Path(output)
    if path.suffix != ".onnx":
        return path
    if path.name != "model.onnx":
        raise RunspanError(
            f"--output is {output}: the graphs are always called model.onnx and int8.onnx, in a folder with their "
            f"tokenizer and settings; give the folder ({path.with_suffix('')}, say)"
        )
    return path.parent


def _print(report: Mapping[str, Any], output: Path) -> None:
    rows = [
        [
            name,
            f"{form['f1']:.4f}",
            f"{form['equal_spans']:.4f}",
            f"{form['megabytes']:.1f}",
            f"{form['tokens_per_second']:,}",
        ]
        for name, form in report["forms"].items()
    ]
    messages.print(table(f"On {report['documents']} held-out documents", _COLUMNS, rows))
    messages.print(f"export: {output}   report: {output}/export.json   read with: infer.py --model {output}")
