"""Checkpoints of a training, sealed when they are whole: which one to go on from, and which to keep.

A seal is the last file of a checkpoint. It lists the sha256 of all others, so that nothing half-written and no file
that came in later is ever loaded. Optimizer and random states are pickles; they are read as tensors and numbers alone.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runspan.base.errors import RunspanError
from runspan.jobs.arguments import AUTO, TrainingArguments

CHECKPOINT = re.compile(r"checkpoint-(\d+)")
SEAL = "runspan_checkpoint.json"


def seal(checkpoint: Path, trained: Mapping[str, Any]) -> None:
    """Mark a checkpoint as whole.

    Args:
        checkpoint: Its folder, all else written.
        trained: The fingerprint of the training.
    """
    content = {"files": _digests(checkpoint), "trained": trained}
    half = checkpoint / f"{SEAL}.half"
    with half.open("w", encoding="utf-8") as file:
        file.write(json.dumps(content, indent=2) + "\n")
        file.flush()
        os.fsync(file.fileno())
    half.replace(checkpoint / SEAL)


def check_seal(checkpoint: Path) -> dict[str, Any]:
    """The fingerprint of the training that wrote a checkpoint, once every file is found to be as it was written.

    Raises:
        RunspanError: There is no seal, or a file differs, is missing or came in later.
    """
    try:
        content = json.loads((checkpoint / SEAL).read_text(encoding="utf-8"))
        sealed, trained = dict(content["files"]), dict(content["trained"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunspanError(
            f"{checkpoint}: no whole checkpoint; expected a folder checkpoint-N that a training run wrote, "
            f"with {SEAL} in it"
        ) from error
    found = _digests(checkpoint)
    for name in sorted(sealed.keys() | found.keys()):
        if sealed.get(name) != found.get(name):
            what = "is missing" if name not in found else "is not the one that training wrote"
            raise RunspanError(
                f"{checkpoint / name}: {what}, so nothing of this checkpoint is loaded. Remove {checkpoint} to go on "
                "from the checkpoint before it"
            )
    return trained


def _digests(checkpoint: Path) -> dict[str, str]:
    """Path and sha256 of every file of a checkpoint but the seal; what was hashed has reached the disk."""
    digests: dict[str, str] = {}
    for path in sorted(checkpoint.rglob("*")):
        if path.is_file() and path != checkpoint / SEAL:
            with path.open("rb") as file:
                digests[path.relative_to(checkpoint).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
                os.fsync(file.fileno())
    return digests


def find_checkpoint(args: TrainingArguments) -> Path | None:
    """The checkpoint to go on from: the last whole one of ``output_dir`` for ``auto`` and ``true``, or the one named.

    Raises:
        RunspanError: There is no such checkpoint, save for ``auto``.
    """
    wish = str(args.resume_from_checkpoint or "false")
    if wish.lower() in ("false", "no"):
        return None
    if wish.lower() not in ("true", "yes", AUTO):
        return Path(wish)
    found = [path for path in checkpoints(Path(args.output_dir)) if (path / SEAL).is_file()]
    if not found and wish.lower() != AUTO:
        raise RunspanError(f"{args.output_dir}: no checkpoint to go on from; train without --resume_from_checkpoint")
    return found[-1] if found else None


def checkpoints(folder: Path) -> list[Path]:
    """The checkpoints of an output folder, whole or not, in order of their steps."""
    found = [path for path in folder.glob("checkpoint-*") if CHECKPOINT.fullmatch(path.name)]
    return sorted(found, key=lambda path: int(path.name.removeprefix("checkpoint-")))


def remove(checkpoint: Path) -> None:
    """Remove a checkpoint, its seal first: what is left after a kill is never taken for a whole one."""
    (checkpoint / SEAL).unlink(missing_ok=True)
    shutil.rmtree(checkpoint)


def rotate(folder: Path, keep: int | None, needed: set[Path]) -> None:
    """Remove the oldest checkpoints of an output folder.

    Args:
        folder: The output folder.
        keep: How many stay; all where ``None`` or 0.
        needed: Those that stay in any case.
    """
    found = checkpoints(folder)
    surplus = len(found) - keep if keep else 0
    needed = {path.resolve() for path in needed}
    for checkpoint in [path for path in found if path.resolve() not in needed][: max(surplus, 0)]:
        remove(checkpoint)
