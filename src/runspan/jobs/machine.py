"""What a training runs on: the name and the number of its accelerators, or of the cores of its processor."""

import os
import platform
from pathlib import Path
from typing import Any

import torch

_CPU_INFO = Path("/proc/cpuinfo")


def describe_machine(device: torch.device, processes: int = 1) -> dict[str, Any]:
    """Name and number of devices, for the record of a run.

    Args:
        device: Where one process runs.
        processes: How many there are, on a device each where the device is no CPU.

    Returns:
        ``accelerator`` and ``accelerators``, or ``processor`` and ``cores``; a name that can't be found is ``None``.
    """
    if device.type == "cpu":
        return {"processor": _processor_name(), "cores": _cores()}
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else None
    return {"accelerator": name, "accelerators": processes}


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor_name() -> str | None:
    """The processor's name as the system gives it."""
    if _CPU_INFO.is_file():
        for line in _CPU_INFO.read_text(encoding="utf-8", errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name" and value.strip():
                return value.strip()
    return platform.processor() or None
