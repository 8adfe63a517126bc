"""This process among those that ``accelerate launch`` or ``torchrun`` started."""

import os

from runspan.jobs.chunks import Share


def share_of_process() -> Share:
    """The share of the documents that this process takes."""
    return Share(int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1)))


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
