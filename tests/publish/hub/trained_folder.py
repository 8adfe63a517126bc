"""A model folder as a training run leaves it, of a tiny model that knows one sentence by heart."""

import json
from pathlib import Path
from typing import Any

import torch
import yaml

from runspan.base.labels import LABELS, OUTSIDE, tag_names
from runspan.modeling.windows import WindowSettings
from tests.conftest import TEXTS, tiny_bert, wordpiece_tokenizer

SENTENCE = TEXTS[0]
FACTS = {
    "model": "StrumNet",
    "params": "31,842 parameters",
    "hardware": "GeForce GTX 970",
    "training": "roughly 90 minutes",
    "country": "Finland",
    "year": "2019",
}
SPANS = [(label, SENTENCE.index(text), SENTENCE.index(text) + len(text)) for label, text in FACTS.items()]
PLACE = "/home/someone/secret-project"
STAGED = {  # what is published of it
    "README.md",
    "calibration.json",
    "config.json",
    "metrics.json",
    "model.safetensors",
    "reliability.svg",
    "run_config.yaml",
    "runspan.json",
    "tokenizer.json",
    "tokenizer_config.json",
}
_STEPS = 60
_ROW = {"precision": 0.75, "recall": 0.5, "f1": 0.6, "support": 12}
METRICS: dict[str, Any] = {
    "validation": {**_ROW, "per_label": {"year": _ROW}},
    "test": {
        "precision": 0.6536964980544747,
        "recall": 0.8983957219251337,
        "f1": 0.7567567567567568,
        "support": 40,
        "per_label": {"model": _ROW, "year": {**_ROW, "f1": 0.9}},
    },
    "calibration": {
        when: {"spans": {"expected_calibration_error": error, "findings": 55, "bins": []}}
        for when, error in (("before", 0.2012), ("after", 0.0443))
    },
    "documents": {"train": 80, "validation": 10, "test": 11},
    "seconds": 7200.0,
}
RUN_CONFIG: dict[str, Any] = {
    "arguments": {
        "seed_dir": ["data/seeds"],
        "model_name_or_path": "sentence-transformers/all-MiniLM-L6-v2",
        "output_dir": f"{PLACE}/model",
        "learning_rate": 2e-4,
        "max_steps": -1,
        "seed": 17,
        "api_token": "swordfish",
    },
    "data_sha256": "5e3a" * 16,
    "device": "cpu",
    "machine": {"processor": "AMD EPYC", "cores": 2},
    "date": "2024-05-01",
}


def write_trained_folder(folder: Path) -> Path:
    """Train a tiny model on :data:`SENTENCE`, and write all that a training run writes, and more."""
    tokenizer = wordpiece_tokenizer()
    model = tiny_bert(len(tokenizer))
    encoding = tokenizer.backend_tokenizer
    encoding.no_truncation()
    tokens = encoding.encode(SENTENCE)
    names = [_tag(*offsets) for offsets in tokens.offsets]
    ids, labels = torch.tensor([tokens.ids]), torch.tensor([[tag_names(LABELS).index(name) for name in names]])
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(_STEPS):
        model(input_ids=ids, labels=labels).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    WindowSettings(max_length=64, stride=16).save(folder)
    _write_reports(folder)
    return folder


def _tag(start: int, end: int) -> str:
    """Tag of a token."""
    for label, first, last in SPANS:
        if first <= start and end <= last and start < end:
            return ("B-" if start == first else "I-") + label
    return OUTSIDE


def _write_reports(folder: Path) -> None:
    calibration = {name: {"temperature": 1.5, "offset": 0.1} for name in ("spans", "fields")}
    (folder / "calibration.json").write_text(json.dumps(calibration))
    (folder / "metrics.json").write_text(json.dumps(METRICS))
    (folder / "run_config.yaml").write_text(yaml.safe_dump(RUN_CONFIG))
    (folder / "reliability.svg").write_text("<svg/>")
    for name in ("training_args.bin", "optimizer.pt", "notes.txt", ".env", "checkpoint-2/model.safetensors"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("not to be published")
