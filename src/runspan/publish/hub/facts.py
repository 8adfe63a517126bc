"""What is known of a model, from the files that its training wrote: all that its card may say."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import yaml
from safetensors import SafetensorError, safe_open

from runspan.base.errors import RunspanError
from runspan.base.labels import labels_of
from runspan.publish.hub.staging import DATASHEET, RUN_CONFIG

SCORES = ("precision", "recall", "f1")
TEST = "test"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores on documents of another kind, as ``runspan evaluate --output`` wrote them.

    Attributes:
        name: Of the kind of documents.
        scores: The file's content.
    """

    name: str
    scores: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a model. A mapping is empty where its file is missing.

    Attributes:
        labels: What it finds, in order.
        parameters: Numbers in its weights.
        config: Of the model library.
        metrics: ``metrics.json``.
        run_config: ``run_config.yaml``, as it is published.
        windows: ``runspan.json``.
        has_calibration: Whether it has a ``calibration.json``.
        has_diagram: Whether it has a ``reliability.svg``.
        has_datasheet: Whether a datasheet is published with it.
    """

    labels: tuple[str, ...]
    parameters: int
    config: Mapping[str, Any]
    metrics: Mapping[str, Any]
    run_config: Mapping[str, Any]
    windows: Mapping[str, Any]
    has_calibration: bool
    has_diagram: bool
    has_datasheet: bool

    @property
    def arguments(self) -> Mapping[str, Any]:
        """What the training run was told."""
        return self.run_config.get("arguments") or {}

    @property
    def data_name(self) -> str:
        """The training documents, in words."""
        return ", ".join(self.arguments.get("seed_dir") or []) or "tagged documents"


def read_facts(staged: Path) -> Facts:
    """What a staged model folder says of its model.

    Raises:
        RunspanError: A file is not of its form, or the model has no IOB2 tags.
    """
    config = _read_json(staged / "config.json")
    tags = [str(tag) for tag in (config.get("id2label") or {}).values()]
    if not labels_of(tags):
        raise RunspanError(
            "config.json: the model's labels are no IOB2 tags; expected a model fine-tuned with train.py"
        )
    metrics = _read_json(staged / "metrics.json")
    if metrics and not all(isinstance(metrics.get(TEST, {}).get(name), float) for name in SCORES):
        raise RunspanError("metrics.json: not the metrics of a runspan model; train the model anew, or delete the file")
    return Facts(
        labels=labels_of(tags),
        parameters=count_parameters(staged / "model.safetensors"),
        config=config,
        metrics=metrics,
        run_config=_read_yaml(staged / RUN_CONFIG),
        windows=_read_json(staged / "runspan.json"),
        has_calibration=(staged / "calibration.json").is_file(),
        has_diagram=(staged / "reliability.svg").is_file(),
        has_datasheet=(staged / DATASHEET).is_file(),
    )


def read_evaluations(arguments: Sequence[str]) -> list[Evaluation]:
    """Evaluations of ``NAME=FILE`` or ``FILE`` each; without a name, that of the file.

    Raises:
        RunspanError: A file can't be read or holds no scores, or two have one name.
    """
    evaluations = [_read_evaluation(*_named(argument)) for argument in arguments]
    names = [evaluation.name for evaluation in evaluations]
    for name in names:
        if names.count(name) > 1:
            raise RunspanError(f"--evaluation: {name!r} stands for two files; give each a name (NAME=FILE)")
    return evaluations


def count_parameters(weights: Path) -> int:
    """Numbers in a safetensors file.

    Raises:
        RunspanError: It is none.
    """
    try:
        with safe_open(weights, framework="numpy") as file:
            return sum(prod(file.get_slice(name).get_shape()) for name in file.keys())  # noqa: SIM118
    except SafetensorError as error:
        raise RunspanError(f"{weights.name}: is no safetensors file ({error}); train the model anew") from error


def _named(argument: str) -> tuple[str, Path]:
    name, equals, file = argument.partition("=")
    return (name, Path(file)) if equals and not Path(argument).is_file() else (Path(argument).stem, Path(argument))


def _read_evaluation(name: str, file: Path) -> Evaluation:
    if not file.is_file():
        raise RunspanError(f"{file}: no such file; expected what `runspan evaluate --output` wrote")
    scores = _read_json(file)
    if not any(part in scores for part in ("f1", "records", "fields")):
        raise RunspanError(f"{file}: holds no scores; expected what `runspan evaluate --output` wrote")
    return Evaluation(name, scores)


def _read_json(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RunspanError(f"{file.name}: is no JSON ({error})") from error
    if not isinstance(content, dict):
        raise RunspanError(f"{file.name}: expected a JSON object")
    return content


def _read_yaml(file: Path) -> dict[str, Any]:
    content = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return content if isinstance(content, dict) else {}
