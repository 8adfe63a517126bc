"""The folder that a training writes: taken only where it is empty, or where an earlier training wrote it."""

import shutil
from pathlib import Path

from runspan.base.errors import RunspanError
from runspan.jobs.arguments import TrainingArguments
from runspan.jobs.checkpoints import CHECKPOINT, find_checkpoint

_MARKS = frozenset({"runspan.json", "run_config.yaml"})  # only a training run writes these
_WRITTEN = _MARKS | {
    "calibration.json",
    "config.json",
    "metrics.json",
    "model.safetensors",
    "reliability.svg",
    "runspan-onnx",
    "runspan-openvino",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "training_args.bin",
    "training_curve.jsonl",
    "vocab.txt",
}


def prepare_output_dir(args: TrainingArguments) -> None:
    """Make sure that the output folder can be written; clear it where ``overwrite_output_dir`` says so.

    Raises:
        RunspanError: It can't be made; it is not empty, and the run neither resumes nor overwrites; or what it holds
            is no earlier training run.
    """
    folder = Path(args.output_dir)
    checkpoint = find_checkpoint(args)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunspanError(f"{folder}: can't be made ({error.strerror or error}); give another --output_dir") from error
    if checkpoint or not any(folder.iterdir()):
        return
    if not args.overwrite_output_dir:
        raise RunspanError(
            f"{folder}: is not empty; give another --output_dir, --resume_from_checkpoint true to go on from its last "
            "checkpoint, or --overwrite_output_dir true to replace it"
        )
    _clear(folder)


def _clear(folder: Path) -> None:
    """Remove what an earlier training run wrote, and nothing else."""
    written = [path for path in folder.iterdir() if path.name in _WRITTEN or CHECKPOINT.fullmatch(path.name)]
    if folder.is_symlink() or not any(path.name in _MARKS or CHECKPOINT.fullmatch(path.name) for path in written):
        raise RunspanError(f"{folder}: holds no earlier training run, so it is not overwritten; empty it by hand")
    for path in written:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
