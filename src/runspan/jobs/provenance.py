"""Where a model comes from: resolved arguments, versions, commit, data, machine and date, as YAML."""

import platform
from dataclasses import asdict, fields
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import yaml

from runspan.jobs.arguments import DataArguments, ModelArguments, TrainingArguments
from runspan.jobs.checkout import git_commit
from runspan.jobs.machine import describe_machine

_PACKAGES = ("runspan", "torch", "transformers", "tokenizers", "datasets", "accelerate", "seqeval", "numpy")


def describe_run(
    data_hash: str, data_args: DataArguments, model_args: ModelArguments, training_args: TrainingArguments
) -> str:
    """YAML that says what a training run was told and what it ran on."""
    arguments = {**asdict(data_args), **asdict(model_args), **plain_arguments(training_args)}
    return yaml.safe_dump(
        {
            "arguments": arguments,
            "data_sha256": data_hash,
            "git_commit": git_commit(),
            "python": platform.python_version(),
            "versions": {name: installed for name in _PACKAGES if (installed := _version(name))},
            "device": str(training_args.device),
            "machine": describe_machine(training_args.device, training_args.world_size * max(training_args.n_gpu, 1)),
            "date": datetime.now(UTC).date().isoformat(),
        },
        sort_keys=False,
        allow_unicode=True,
    )


def plain_arguments(args: TrainingArguments) -> dict[str, Any]:
    """The training arguments as YAML can hold them, without secrets."""
    names = {f.name for f in fields(args)} - {"hub_token"}
    return {
        name: value
        for name, value in args.to_dict().items()
        if name in names and (value is None or isinstance(value, str | int | float | bool | list | dict))
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
