"""This process among those that ``accelerate launch`` or ``torchrun`` started."""

import json
import os
import time
from collections.abc import Collection
from pathlib import Path

from runspan.base.errors import RunspanError
from runspan.jobs.chunks import Share
from runspan.language.readers.files import STDIN
from runspan.publish.output_file import STDOUT

_LAUNCHED = {"LOCAL_WORLD_SIZE", "ACCELERATE_MIXED_PRECISION"}  # set by torchrun; by accelerate


def share_of_process() -> Share:
    """The share of the documents that this process takes."""
    return Share(int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1)))


def share_machine(inputs: Collection[str], output: str) -> None:
    """Get ready to work beside the other processes, before any library counts the processors.

    Launchers give each process, also a single one, one thread where they were told nothing; here it takes its part of
    the processors.

    Raises:
        RunspanError: What is read or written can't be shared.
    """
    if os.environ.get("OMP_NUM_THREADS") == "1" and _LAUNCHED & os.environ.keys():
        here = int(os.environ.get("LOCAL_WORLD_SIZE", 1))
        os.environ["OMP_NUM_THREADS"] = str(max(1, (os.cpu_count() or 1) // here))
    if share_of_process().of > 1 and (STDIN in inputs or output == STDOUT):
        raise RunspanError("stdin and stdout can't be shared by several processes; give files, or start one process")


def tell_launcher(message: str) -> None:
    """Leave what a launcher prints at the end, below its own trace, when this process does not exit with 0."""
    file = os.environ.get("TORCHELASTIC_ERROR_FILE")
    if file:
        told = {"message": message, "extraInfo": {"py_callstack": message, "timestamp": str(int(time.time()))}}
        Path(file).write_text(json.dumps({"message": told}), encoding="utf-8")


def device_of_process() -> str | None:
    """The GPU of this process, where several share a machine with GPUs."""
    if share_of_process().of == 1:
        return None
    import torch

    gpus = torch.cuda.device_count()
    return f"cuda:{int(os.environ.get('LOCAL_RANK', 0)) % gpus}" if gpus else None


def wait_for_all() -> None:
    """Wait until every process is here."""
    if share_of_process().of == 1:
        return
    from accelerate import PartialState

    PartialState(cpu=True).wait_for_everyone()
