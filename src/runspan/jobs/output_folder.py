"""The folder that a training writes: taken only where it is empty, or where an earlier training wrote it."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runspan.base.errors import RunspanError
from runspan.jobs import fingerprint
from runspan.jobs.arguments import AUTO, TrainingArguments
from runspan.jobs.checkpoints import CHECKPOINT, check_seal, find_checkpoint, remove
from runspan.jobs.fingerprint import read_fingerprint, refuse_another, write_fingerprint

_MARKS = frozenset({"runspan.json", "run_config.yaml", fingerprint.FILE})  # only a training run writes these
_LAST = "metrics.json"  # of all that a training writes
_WRITTEN = _MARKS | {
    _LAST,
    "calibration.json",
    "config.json",
    "model.safetensors",
    "reliability.svg",
    "report.md",
    "report_confusion.svg",
    "report_curves.svg",
    "report_errors.md",
    "report_lengths.svg",
    "runspan-onnx",
    "runspan-openvino",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "training_args.bin",
    "training_curve.jsonl",
    "vocab.txt",
}


def is_finished(args: TrainingArguments, trained: Mapping[str, Any]) -> bool:
    """Whether ``resume_from_checkpoint`` is ``auto`` and the output folder holds this training, finished.

    Raises:
        RunspanError: What it holds is another training.
    """
    folder = Path(args.output_dir)
    if not _is_auto(args) or not (folder / _LAST).is_file():
        return False
    recorded = read_fingerprint(folder)
    if recorded is None:
        return False
    refuse_another(recorded, trained, folder)
    return True


def prepare_output_dir(args: TrainingArguments, trained: Mapping[str, Any]) -> None:
    """Make sure that the output folder can be written, and clear it where ``overwrite_output_dir`` says so.

    With ``auto``, what this training left there before it came to a checkpoint is cleared too.

    Args:
        args: With ``output_dir``, ``overwrite_output_dir`` and ``resume_from_checkpoint``.
        trained: The fingerprint of the training, which is recorded in the folder.

    Raises:
        RunspanError: It can't be made; it is not empty, and the run neither resumes nor overwrites; or what it holds
            is no earlier training run, or another one than is to go on.
    """
    folder = Path(args.output_dir)
    checkpoint = checkpoint_of(args, trained)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunspanError(f"{folder}: can't be made ({error.strerror or error}); give another --output_dir") from error
    recorded = read_fingerprint(folder) if checkpoint or _is_auto(args) else None
    if recorded is not None:
        refuse_another(recorded, trained, folder)
    if not checkpoint and any(folder.iterdir()):
        if not args.overwrite_output_dir and recorded is None:
            raise RunspanError(
                f"{folder}: is not empty; give another --output_dir, --resume_from_checkpoint true to go on from its "
                "last checkpoint, or --overwrite_output_dir true to replace it"
            )
        _clear(folder)
    write_fingerprint(folder, trained)


def checkpoint_of(args: TrainingArguments, trained: Mapping[str, Any]) -> Path | None:
    """The checkpoint to go on from, checked file by file; ``None`` to begin.

    Raises:
        RunspanError: It is broken, or of another training.
    """
    checkpoint = find_checkpoint(args)
    if checkpoint:
        refuse_another(check_seal(checkpoint), trained, checkpoint)
    return checkpoint


def _is_auto(args: TrainingArguments) -> bool:
    return str(args.resume_from_checkpoint).lower() == AUTO


def _clear(folder: Path) -> None:
    """Remove what an earlier training run wrote, and nothing else."""
    written = [path for path in folder.iterdir() if path.name in _WRITTEN or CHECKPOINT.fullmatch(path.name)]
    if folder.is_symlink() or not any(path.name in _MARKS or CHECKPOINT.fullmatch(path.name) for path in written):
        raise RunspanError(f"{folder}: holds no earlier training run, so it is not overwritten; empty it by hand")
    for path in written:
        if CHECKPOINT.fullmatch(path.name) and path.is_dir() and not path.is_symlink():
            remove(path)
        elif path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
