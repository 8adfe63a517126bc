"""``runspan quantize --model DIR --dataset DIR``: an int8 form of a model, and the F1 that it costs."""

import argparse
import importlib.util
from collections.abc import Sequence
from pathlib import Path

from runspan.base.errors import RunspanError
from runspan.cli.console import messages
from runspan.cli.options import Options
from runspan.cli.quiet import quiet_libraries


def main(argv: Sequence[str]) -> int:
    """Quantise, score, and say what was lost."""
    args = parse_options(argv)
    missing = [name for name in ("openvino", "nncf") if importlib.util.find_spec(name) is None]
    if missing:
        raise RunspanError(f"needs {' and '.join(missing)}, not installed: pip install 'runspan[int8]'")
    quiet_libraries()
    from runspan.jobs.quantization import quantize_model
    from runspan.modeling.dataset import load_dataset
    from runspan.modeling.model_files import resolve_encoder

    dataset = load_dataset(Path(args.dataset))
    report = quantize_model(resolve_encoder(args.model), dataset, args.trust_remote_code)
    scores = ", ".join(f"{precision} {f1:.4f}" for precision, f1 in report["f1"].items())
    messages.print(
        f"strict span F1 on {report['documents']} held-out documents: {scores}; int8 costs {report['loss']:.4f}. "
        "Use it with infer.py --precision int8"
    )
    return 0


def parse_options(argv: Sequence[str]) -> argparse.Namespace:
    """What was typed.

    Raises:
        RunspanError: It can't be meant.
    """
    parser = Options("quantize", "Make an int8 form of a model for OpenVINO, and score it on held-out documents.")
    parser.add_argument("--model", required=True, metavar="DIR_OR_HUB_ID", help="a fine-tuned model")
    parser.add_argument("--dataset", required=True, metavar="DIR", help="the dataset that it was trained on")
    parser.add_argument("--trust_remote_code", action="store_true", help="run the model repository's own code")
    return parser.parse_args(argv)
