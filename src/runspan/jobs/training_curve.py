"""What a training logs, a JSON line each, written as it goes."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

FILE = "training_curve.jsonl"


class TrainingCurve(TrainerCallback):
    """Appends each entry of the trainer's log to a file of the output folder, with the time it was made.

    The log is a part of every checkpoint. A training that goes on begins the file anew with it, so that no step stands
    twice and none that was lost stands at all.
    """

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Begin the file, with what was logged up to the checkpoint."""
        if state.is_world_process_zero:
            _file(args).write_text("".join(map(_line, state.log_history)), encoding="utf-8")

    def on_log(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Append the last entry."""
        entry = state.log_history[-1]
        entry["time"] = datetime.now(UTC).isoformat(timespec="seconds")
        if state.is_world_process_zero:
            with _file(args).open("a", encoding="utf-8") as file:
                file.write(_line(entry))


def _file(args: Any) -> Path:
    return Path(args.output_dir) / FILE


def _line(entry: dict[str, Any]) -> str:
    return json.dumps(entry) + "\n"
