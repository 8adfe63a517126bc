"""A fine-tuned model → its int8 form for OpenVINO, and what that costs on held-out documents."""

import json
from itertools import islice
from pathlib import Path
from typing import Any

from datasets import DatasetDict

from runspan.jobs.evaluation import read_split, score_documents
from runspan.jobs.prediction import Predictor
from runspan.modeling.backends.openvino_backend import OpenVinoBackend, convert_for_openvino
from runspan.modeling.backends.quantization import quantize
from runspan.modeling.batches import make_batches
from runspan.modeling.encoding import TextEncoder
from runspan.modeling.windows import WindowSettings

WINDOWS = 300  # that ranges are seen on
REPORT = "quantization.json"


def quantize_model(folder: Path, dataset: DatasetDict, trust_remote_code: bool = False) -> dict[str, Any]:
    """Quantise the model of a folder with windows of training documents, and score both forms on the test split.

    Args:
        folder: A model folder.
        dataset: The one that the model was trained on: its test documents are held out.
        trust_remote_code: Whether code of the model's repository may run.

    Returns:
        Strict entity F1 of both forms, by precision, and ``loss``, their difference; also written into the folder of
        the converted model.

    Raises:
        RunspanError: The model can't be loaded or converted, or its settings are unusable.
    """
    converted = convert_for_openvino(folder, trust_remote_code)
    full = OpenVinoBackend(converted)
    encoder = TextEncoder(full.tokenizer)
    settings = WindowSettings.load(folder, full.longest_window)
    texts = islice((row["text"] for row in dataset["train"].shuffle(seed=0)), WINDOWS)
    batches = make_batches([encoder.encode(text) for text in texts], encoder, settings, tokens=1)
    step = max(1, len(batches) // WINDOWS)  # evenly, from the longest to the shortest
    quantize(converted, batches[::step][:WINDOWS])
    test = read_split(dataset["test"])
    scores = {
        backend.precision: score_documents(test, Predictor(backend, settings).predict_spans(test))["f1"]
        for backend in (full, OpenVinoBackend(converted, "int8"))
    }
    report = {
        "documents": len(test),
        "f1": scores,
        "loss": round(scores[full.precision] - scores["int8"], 4),
    }
    (converted.folder / REPORT).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report
