"""A fine-tuned model → a folder for ONNX Runtime that needs no other file, and how far it is from the model."""

import json
import shutil
import statistics
import time
from collections.abc import Mapping, Sequence
from itertools import accumulate, takewhile
from pathlib import Path
from typing import Any

from datasets import DatasetDict

from runspan.base.documents import Document, Span
from runspan.base.errors import RunspanError
from runspan.jobs.evaluation import read_split, score_documents
from runspan.jobs.prediction import Predictor
from runspan.modeling.backends.converted import Converted
from runspan.modeling.backends.onnx_backend import GRAPHS, convert_for_onnx
from runspan.modeling.backends.onnx_quantization import quantize_graph
from runspan.modeling.windows import WindowSettings

REPORT = "export.json"
TORCH = "torch fp32"
_SETTINGS = (WindowSettings.FILE, "calibration.json")
_AROUND = ("model.json", "tokenizer.json")
_ROUNDS = 3  # of measuring speed, after one that does not count
_TOKENS = 20_000  # that speed is measured on, about


def export_model(
    folder: Path, output: Path, dataset: DatasetDict, precisions: Sequence[str], trust_remote_code: bool = False
) -> dict[str, Any]:
    """Write a model for ONNX Runtime, and compare each form with the model itself on the test split.

    Args:
        folder: A model folder.
        output: The folder to write; it may hold an earlier export.
        dataset: The one that the model was trained on: its test documents are held out.
        precisions: ``fp32``, ``int8``, or both.
        trust_remote_code: Whether code of the model's repository may run.

    Returns:
        ``documents``, ``tokens_timed``, and under ``forms`` of each form ``f1``, ``equal_spans`` (share of the spans
        that it and the model both find, of all that either finds), ``megabytes`` and ``tokens_per_second``; also
        written as ``export.json``.

    Raises:
        RunspanError: The model can't be loaded or converted, or the output folder holds something else.
    """
    check_output(output, folder)
    converted = convert_for_onnx(folder, trust_remote_code)
    if "int8" in precisions:
        quantize_graph(converted.folder)
    _copy(converted, folder, output, precisions)
    predictors = {TORCH: Predictor.load(str(folder), "cpu", None, "fp32", "torch", trust_remote_code)}
    for precision in precisions:
        predictors[f"onnx {precision}"] = Predictor.load(str(output), "cpu", None, precision, "onnx")
    sizes = {TORCH: _megabytes(folder.glob("*.safetensors"))}
    sizes |= {f"onnx {name}": _megabytes(output.glob(f"{GRAPHS[name]}*")) for name in precisions}
    report = compare(predictors, read_split(dataset["test"]))
    for name, form in report["forms"].items():
        form["megabytes"] = sizes[name]
    (output / REPORT).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


def check_output(output: Path, model: Path) -> None:
    """Raise :class:`RunspanError` where the output is no folder to export to: it holds something else, or the model."""
    if output.resolve() == model.resolve():
        raise RunspanError(f"{output}: is the model's own folder; give another --output")
    if output.exists() and not output.is_dir():
        raise RunspanError(f"{output}: is a file; expected a folder, or FOLDER/{GRAPHS['fp32']}")
    written = {*GRAPHS.values(), *(f"{name}.data" for name in GRAPHS.values()), *_AROUND, *_SETTINGS, REPORT}
    others = sorted(path.name for path in output.iterdir() if path.name not in written) if output.exists() else []
    if others:
        raise RunspanError(f"{output}: holds {others[0]}, which no export writes; give an empty or new folder")


def compare(predictors: Mapping[str, Predictor], documents: Sequence[Document]) -> dict[str, Any]:
    """Scores and speed of several forms of one model; the first is what the others are compared with.

    The forms take turns at the same documents, so that what else the machine does is shared among them.
    """
    found = {name: predictor.predict_spans(documents) for name, predictor in predictors.items()}
    first = next(iter(found.values()))
    encoder = next(iter(predictors.values())).encoder
    lengths = list(accumulate(len(encoder.encode(document.text).input_ids) for document in documents))
    timed = max(1, len(list(takewhile(lambda total: total <= _TOKENS, lengths))))
    tokens = lengths[timed - 1]
    seconds = _alternate(predictors, documents[:timed])
    forms = {
        name: {
            "f1": score_documents(documents, spans)["f1"],
            "equal_spans": equal_spans(first, spans),
            "tokens_per_second": round(tokens / statistics.median(seconds[name])),
        }
        for name, spans in found.items()
    }
    return {"documents": len(documents), "tokens_timed": tokens, "forms": forms}


def equal_spans(left: Sequence[Document], right: Sequence[Document]) -> float:
    """Of the spans that either side finds, the share that both do, with the same characters and label.

    >>> one, two = (Document("a", "x y", spans) for spans in ((Span(0, 1, "year"),), (Span(0, 1, "year", 0.5),)))
    >>> equal_spans([one], [two]), equal_spans([one], [Document("a", "x y")])
    (1.0, 0.0)
    """
    pairs = [(_keys(a.spans), _keys(b.spans)) for a, b in zip(left, right, strict=True)]
    either = sum(len(a | b) for a, b in pairs)
    return sum(len(a & b) for a, b in pairs) / either if either else 1.0


def _keys(spans: Sequence[Span]) -> set[tuple[int, int, str]]:
    return {(span.start, span.end, span.label) for span in spans}


def _alternate(predictors: Mapping[str, Predictor], documents: Sequence[Document]) -> dict[str, list[float]]:
    """Seconds of each form, the forms in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in predictors}
    for _ in range(_ROUNDS + 1):
        for name, predictor in predictors.items():
            started = time.perf_counter()
            predictor.predict_spans(documents)
            seconds[name].append(time.perf_counter() - started)
    return {name: measured[1:] for name, measured in seconds.items()}


def _copy(converted: Converted, model: Path, output: Path, precisions: Sequence[str]) -> None:
    output.mkdir(parents=True, exist_ok=True)
    for graph in GRAPHS.values():
        for file in output.glob(f"{graph}*"):
            file.unlink()  # of an earlier export, which may be of other weights
    graphs = [file for name in precisions for file in converted.folder.glob(f"{GRAPHS[name]}*")]
    settings = [model / name for name in _SETTINGS if (model / name).is_file()]
    for file in [*graphs, *(converted.folder / name for name in _AROUND), *settings]:
        shutil.copyfile(file, output / file.name)


def _megabytes(files: Any) -> float:
    return round(sum(file.stat().st_size for file in files) / 1e6, 1)
