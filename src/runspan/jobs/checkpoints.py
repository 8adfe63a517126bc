"""Checkpoints of a training: which one to go on from."""

import json
import re
from pathlib import Path

from runspan.base.errors import RunspanError
from runspan.jobs.arguments import TrainingArguments

CHECKPOINT = re.compile(r"checkpoint-\d+")


def find_checkpoint(args: TrainingArguments) -> str | None:
    """The checkpoint to go on from: the last whole one of ``output_dir`` for ``true``, or the folder that is named.

    Raises:
        RunspanError: There is no such checkpoint.
    """
    name = str(args.resume_from_checkpoint or "false")
    if name.lower() in ("false", "no"):
        return None
    if name.lower() not in ("true", "yes"):
        if not _is_whole(Path(name)):
            raise RunspanError(f"{name}: no checkpoint; expected a folder checkpoint-N that a training run wrote")
        return name
    folders = Path(args.output_dir).glob("checkpoint-*")
    checkpoints = [path for path in folders if CHECKPOINT.fullmatch(path.name) and _is_whole(path)]
    if not checkpoints:
        raise RunspanError(f"{args.output_dir}: no checkpoint to go on from; train without --resume_from_checkpoint")
    return str(max(checkpoints, key=lambda path: int(path.name.removeprefix("checkpoint-"))))


def _is_whole(checkpoint: Path) -> bool:
    """Whether a checkpoint was written to its end: the trainer writes its state last."""
    try:
        json.loads((checkpoint / "trainer_state.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return True
