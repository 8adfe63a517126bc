"""Two trainings side by side: what was told to them, and what they scored."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from runspan.base.errors import RunspanError

_METRICS, _ARGUMENTS = "metrics.json", "run_config.yaml"
_OF_THE_PLACE = frozenset({"output_dir", "overwrite_output_dir", "compare_with", "resume_from_checkpoint", "run_name"})
_COMPARED = ("data_sha256", "git_commit", "python", "device")


@dataclass(frozen=True, slots=True)
class TrainedRun:
    """What a training left beside its model.

    Attributes:
        folder: Its folder, as it was named.
        metrics: ``metrics.json``.
        config: ``run_config.yaml``.
    """

    folder: str
    metrics: Mapping[str, Any]
    config: Mapping[str, Any]

    @property
    def scores(self) -> dict[str, float]:
        """Strict F1 of each label on the test documents, and of ``all``."""
        test = self.metrics["test"]
        return {label: row["f1"] for label, row in test["per_label"].items()} | {"all": test["f1"]}

    @property
    def settings(self) -> dict[str, Any]:
        """Arguments, versions, data and machine, by name, without the places of files."""
        arguments = self.config.get("arguments") or {}
        settings = {name: value for name, value in arguments.items() if name not in _OF_THE_PLACE}
        settings |= {f"version of {name}": value for name, value in (self.config.get("versions") or {}).items()}
        settings |= {f"machine: {name}": value for name, value in (self.config.get("machine") or {}).items()}
        return settings | {name: self.config.get(name) for name in _COMPARED}


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure or setting of two trainings; ``None`` where one of them has none."""

    name: str
    before: Any
    now: Any


def read_run(folder: Path) -> TrainedRun:
    """What a finished training left.

    Raises:
        RunspanError: A file is missing or broken.
    """
    try:
        metrics = json.loads((folder / _METRICS).read_text(encoding="utf-8"))
        config = yaml.safe_load((folder / _ARGUMENTS).read_text(encoding="utf-8"))
        run = TrainedRun(str(folder), metrics, config)
        _ = run.scores, run.settings
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise RunspanError(f"{folder}: {error}; expected the model folder of a finished training") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise RunspanError(f"{folder}: {_METRICS} or {_ARGUMENTS} is not as train.py writes it ({error!r})") from error
    return run


def find_overwritten(folder: Path) -> TrainedRun | None:
    """What the training that is about to be overwritten left; ``None`` where nothing whole is there."""
    try:
        return read_run(folder)
    except RunspanError:
        return None


def compare_scores(before: TrainedRun, now: TrainedRun) -> Iterator[Difference]:
    """F1 of each label that one of them has, ``all`` last."""
    for label in dict.fromkeys([*(name for name in now.scores if name != "all"), *before.scores]):
        yield Difference(label, before.scores.get(label), now.scores.get(label))


def compare_settings(before: TrainedRun, now: TrainedRun) -> Iterator[Difference]:
    """Settings that differ, by name."""
    for name in sorted(before.settings.keys() | now.settings.keys()):
        if before.settings.get(name) != now.settings.get(name):
            yield Difference(name, before.settings.get(name), now.settings.get(name))
