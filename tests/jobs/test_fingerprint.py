"""What a training may go on with: the same data, labels and arguments that change the model, whatever else changes."""

from pathlib import Path
from typing import Any

import pytest

from runspan.base.errors import RunspanError
from runspan.jobs.arguments import DataArguments, ModelArguments, TrainingArguments
from runspan.jobs.fingerprint import fingerprint, read_fingerprint, refuse_another, write_fingerprint


def of(data_hash: str = "a", labels: tuple[str, ...] = ("year",), **options: Any) -> dict[str, Any]:
    data = {name: options.pop(name) for name in ("max_length", "noise_rate", "seed_dir") if name in options}
    model = {name: options.pop(name) for name in ("model_name_or_path", "freeze_layers") if name in options}
    arguments: dict[str, Any] = {"output_dir": "out", "use_cpu": True, "report_to": "none"}
    training = TrainingArguments(**(arguments | options))
    return fingerprint(data_hash, labels, DataArguments(**data), ModelArguments(**model), training)


OTHERS: list[tuple[dict[str, Any], str]] = [
    ({"data_hash": "b"}, "of other tagged documents: data_sha256 a, and now it is b"),
    ({"labels": ("year", "model")}, "with labels year, and now it is year, model"),
    ({"max_length": 128}, "with max_length 256, and now it is 128"),
    ({"freeze_layers": 1}, "with freeze_layers 0, and now it is 1"),
    ({"model_name_or_path": "other"}, "and now it is other"),
    ({"learning_rate": 1.0}, "with learning_rate 5e-05, and now it is 1.0"),
    ({"seed": 2}, "with seed 42, and now it is 2"),
    ({"num_train_epochs": 4}, "with num_train_epochs"),
    ({"per_device_train_batch_size": 4}, "with windows_per_step 8, and now it is 4"),
    ({"ema_decay": 0.5}, "with ema_decay 0.0, and now it is 0.5"),
    ({"mixed_precision": "bf16"}, "with bf16 False, and now it is True"),
    ({"early_stopping_patience": 2, "eval_strategy": "epoch"}, "with early_stopping_patience not given"),
]


@pytest.mark.parametrize(("change", "message"), OTHERS, ids=lambda x: str(x) if isinstance(x, dict) else "")
def test_another_training_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(RunspanError, match=r"^out: is a training .*Go on with the same") as raised:
        refuse_another(of(mixed_precision="no"), of(**{"mixed_precision": "no"} | change), Path("out"))
    assert message in str(raised.value)


@pytest.mark.parametrize(
    "change",
    [
        {"output_dir": "elsewhere"},
        {"seed_dir": ["elsewhere"]},
        {"logging_steps": 3},
        {"save_steps": 3},
        {"save_total_limit": 1},
        {"resume_from_checkpoint": "auto"},
        {"overwrite_output_dir": True},
        {"disable_tqdm": True},
        {"dataloader_num_workers": 2},
        {"per_device_eval_batch_size": 2},
        {"per_device_train_batch_size": 4, "gradient_accumulation_steps": 2},
    ],
    ids=str,
)
def test_what_changes_no_model_may_change(change: dict[str, Any]) -> None:
    assert of(**change) == of()


def test_where_the_best_one_is_kept_it_matters_which_ones_are_saved() -> None:
    best = {"load_best_model_at_end": True, "eval_strategy": "steps", "save_strategy": "steps", "eval_steps": 2}
    assert of(save_steps=2, **best) != of(save_steps=4, **best)


def test_on_disk(tmp_path: Path) -> None:
    assert read_fingerprint(tmp_path) is None
    write_fingerprint(tmp_path, of())
    assert read_fingerprint(tmp_path) == of()
    (tmp_path / "fingerprint.json").write_text("{")
    with pytest.raises(RunspanError, match="can't be read"):
        read_fingerprint(tmp_path)
