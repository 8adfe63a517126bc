"""What a training run trains: its data and every argument that changes the model, to go on with nothing else."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runspan.base.errors import RunspanError
from runspan.jobs.arguments import DataArguments, ModelArguments, TrainingArguments
from runspan.jobs.provenance import plain_arguments

FILE = "fingerprint.json"  # in the output folder, from the first moment of a training on
_INDIFFERENT = frozenset(
    {
        "auto_find_batch_size",
        "compare_with",
        "disable_tqdm",
        "do_eval",
        "do_predict",
        "do_train",
        "eval_accumulation_steps",
        "gradient_accumulation_steps",  # within windows_per_step
        "mixed_precision",  # within bf16 and fp16
        "output_dir",
        "overwrite_output_dir",
        "per_device_eval_batch_size",
        "per_device_train_batch_size",  # within windows_per_step
        "project",
        "report_to",
        "restore_callback_states_from_checkpoint",
        "resume_from_checkpoint",
        "run_name",
        "save_on_each_node",
        "save_total_limit",
        "skip_memory_metrics",
        "use_cpu",
    }
)
_INDIFFERENT_PREFIXES = ("dataloader_", "ddp_", "debug", "hub_", "include_", "log_", "logging_", "push_", "trackio_")
_WHAT_IS_SAVED = frozenset({"save_strategy", "save_steps"})
_WHERE_DATA_LIES = frozenset({"seed_dir", "dataset_dir"})


def fingerprint(
    data_hash: str,
    labels: Sequence[str],
    data_args: DataArguments,
    model_args: ModelArguments,
    training_args: TrainingArguments,
) -> dict[str, Any]:
    """Data, labels and arguments that decide which model comes out, as JSON holds them.

    The number of processes is not among them, but how many windows they take together in a step is.
    """
    arguments = {**vars(data_args), **vars(model_args), **plain_arguments(training_args)}
    kept = {name: value for name, value in arguments.items() if not _is_indifferent(name, training_args)}
    per_process = training_args.train_batch_size * training_args.gradient_accumulation_steps
    decisive = {
        "data_sha256": data_hash,
        "labels": list(labels),
        "windows_per_step": per_process * training_args.world_size,
        "dataloader_drop_last": training_args.dataloader_drop_last,
        **{name: kept[name] for name in sorted(kept) if name != "labels"},
    }
    return dict(json.loads(json.dumps(decisive, default=str)))


def _is_indifferent(name: str, args: TrainingArguments) -> bool:
    if name in _WHAT_IS_SAVED:
        return not args.load_best_model_at_end  # the best one of those that are saved
    return name in _INDIFFERENT | _WHERE_DATA_LIES or name.startswith(_INDIFFERENT_PREFIXES)


def refuse_another(recorded: Mapping[str, Any], now: Mapping[str, Any], place: Path) -> None:
    """Go on only with what was trained so far.

    Raises:
        RunspanError: A value is another one than was recorded in ``place``; the first such is named.
    """
    for name in (name for name in now if name in recorded):
        if recorded[name] != now[name]:
            what = "of other tagged documents: data_sha256" if name == "data_sha256" else f"with {name}"
            raise RunspanError(
                f"{place}: is a training {what} {_shown(recorded[name])}, and now it is {_shown(now[name])}. Go on "
                "with the same data and arguments, or train anew in another --output_dir"
            )


def _shown(value: Any) -> str:
    if value is None:
        return "not given"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def read_fingerprint(folder: Path) -> dict[str, Any] | None:
    """The fingerprint of the training that an output folder holds; ``None`` where there is none.

    Raises:
        RunspanError: The file is broken.
    """
    file = folder / FILE
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise RunspanError(f"{file}: can't be read ({error}); remove it, or give another --output_dir") from error


def write_fingerprint(folder: Path, trained: Mapping[str, Any]) -> None:
    """Record in an output folder what is trained in it."""
    (folder / FILE).write_text(json.dumps(trained, indent=2) + "\n", encoding="utf-8")
