"""The machines of a Ray cluster: a connection to them, and how many workers of what size they hold."""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass

import ray.data

from runspan.base.errors import RunspanError
from runspan.language.readers.files import reason


@dataclass(frozen=True, slots=True)
class Machine:
    """What a machine of a cluster lends."""

    cpus: float
    gpus: float


@dataclass(frozen=True, slots=True)
class WorkerPlan:
    """Workers, and what each of them takes."""

    workers: int
    cpus: int
    gpus: float


def connect(address: str | None) -> list[Machine]:
    """Join a cluster, or start one on this machine.

    Args:
        address: Of a cluster; by default that of ``RAY_ADDRESS``, or a cluster of this machine alone.

    Returns:
        Its machines.

    Raises:
        RunspanError: There is no such cluster, or it is of another version.
    """
    address = address or os.environ.get("RAY_ADDRESS") or "local"
    if address.startswith(("ray://", "http://", "https://")):
        raise RunspanError(
            f"--ray_address {address}: expected HOST:PORT, auto or local. From outside of a cluster take "
            "`ray job submit -- python infer.py …`"
        )
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent to Ray's makers
    quiet = {"log_to_driver": False, "logging_level": logging.ERROR, "configure_logging": True}
    try:
        if not ray.is_initialized():
            ray.init(address, **({"include_dashboard": False} if address == "local" else {}), **quiet)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        raise RunspanError(f"--ray_address {address}: no Ray cluster there ({reason(error)})") from error
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # its errors are raised too
    resources = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    return [Machine(part.get("CPU", 0.0), part.get("GPU", 0.0)) for part in resources]


def plan_workers(machines: Sequence[Machine], workers: int | None, gpus: float | None) -> WorkerPlan:
    """How many workers, and what each of them takes.

    By default as many as there are GPUs; without any, one for each machine as large as the largest. Each takes as many
    processors as let all of them fit.

    Args:
        machines: Of the cluster.
        workers: How many are asked for.
        gpus: How many GPUs each is to have; by default one where there is any.

    >>> plan_workers([Machine(8, 0), Machine(64, 4), Machine(64, 4)], None, None)
    WorkerPlan(workers=8, cpus=16, gpus=1.0)
    >>> plan_workers([Machine(8, 0), Machine(64, 0), Machine(64, 0)], None, None)
    WorkerPlan(workers=2, cpus=64, gpus=0.0)
    >>> plan_workers([Machine(8, 0), Machine(8, 0)], 3, None)
    WorkerPlan(workers=3, cpus=4, gpus=0.0)
    """
    if gpus is None:
        gpus = 1.0 if any(machine.gpus >= 1 for machine in machines) else 0.0
    most = max((int(machine.cpus) for machine in machines), default=1) or 1
    workers = workers or max(1, _room(machines, 0 if gpus else most, gpus))
    cpus = next((size for size in range(most, 1, -1) if _room(machines, size, gpus) >= workers), 1)
    return WorkerPlan(workers, cpus, gpus)


def _room(machines: Sequence[Machine], cpus: int, gpus: float) -> int:
    """Workers that fit."""
    sizes = [(cpus, machine.cpus) for machine in machines], [(gpus, machine.gpus) for machine in machines]
    return sum(min(int(has / each) for each, has in pair if each) for pair in zip(*sizes, strict=True))
