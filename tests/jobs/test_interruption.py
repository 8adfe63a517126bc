"""A training that is stopped and goes on ends with the weights of one that was not, wherever it was stopped."""

import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from datasets import DatasetDict
from transformers import TrainerCallback

from runspan.base.errors import RunspanError, StoppedError
from runspan.jobs.checkpoints import checkpoints
from runspan.jobs.stop_request import StopRequest
from runspan.modeling.dataset import build_dataset
from tests.jobs.tiny_training import corpus, entries, losses, run

BY_STEPS = {"save_strategy": "steps", "eval_strategy": "steps", "save_steps": 4, "eval_steps": 4}
SHORT = {"num_train_epochs": 1, "max_length": 96}


class Signal(TrainerCallback):
    """Sends a signal to this process at a step or an evaluation."""

    def __init__(self, step: int, number: int = signal.SIGTERM, at: str = "on_step_begin") -> None:
        self._step, self._number = step, number
        setattr(self, at, self._send)

    def _send(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.global_step == self._step:
            os.kill(os.getpid(), self._number)


@pytest.fixture(scope="module", autouse=True)
def unscored() -> Iterator[None]:
    """What is compared is the weights: the saved model is not converted and scored."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("runspan.jobs.training.report", lambda *_: {})
        yield


@pytest.fixture(scope="module")
def dataset() -> DatasetDict:
    return build_dataset(corpus())


def stopped(
    dataset: DatasetDict, encoder: Path, output: Path, callbacks: Sequence[TrainerCallback], **options: Any
) -> str:
    with pytest.raises(StoppedError) as raised, StopRequest() as stop:
        run(dataset, encoder, output, callbacks, stop, resume_from_checkpoint="auto", **options)
    return str(raised.value)


def steps_of(output: Path) -> list[int]:
    return [entry["step"] for entry in entries(output) if "loss" in entry]


@pytest.fixture(scope="module")
def whole(dataset: DatasetDict, tiny_encoder_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("whole")
    run(dataset, tiny_encoder_dir, output, ema_decay=0.9, save_total_limit=1, **BY_STEPS, **SHORT)
    return output


# Before and after a due evaluation, in one, at the last step of all. A signal at step N stops after N + 1.
@pytest.mark.parametrize("places", [(3, 4), (-4,), (-1,)], ids=["at one and after one", "in one", "last"])
def test_stopped_anywhere_and_gone_on(
    whole: Path, dataset: DatasetDict, tiny_encoder_dir: Path, tmp_path: Path, places: tuple[int, ...]
) -> None:
    options = {"ema_decay": 0.9, "save_total_limit": 1, **BY_STEPS, **SHORT}
    last = steps_of(whole)[-1]
    for place in places:
        callback = Signal(place)
        after = place + 1
        if place == -4:
            callback, after = Signal(4, at="on_evaluate"), 5
        elif place == -1:
            callback, after = Signal(last - 1), last
        message = stopped(dataset, tiny_encoder_dir, tmp_path, [callback], **options)
        assert message == (
            f"stopped by SIGTERM after step {after} of {last}; checkpoint: {tmp_path / f'checkpoint-{after}'}"
        )
        assert steps_of(tmp_path) == list(range(1, after + 1))
    run(dataset, tiny_encoder_dir, tmp_path, resume_from_checkpoint="auto", **options)
    assert (tmp_path / "model.safetensors").read_bytes() == (whole / "model.safetensors").read_bytes()
    assert losses(tmp_path) == losses(whole)
    assert [e["eval_f1"] for e in entries(tmp_path) if "eval_f1" in e] == [
        e["eval_f1"] for e in entries(whole) if "eval_f1" in e
    ]
    assert [path.name for path in checkpoints(tmp_path)] == [path.name for path in checkpoints(whole)]


EPOCHS = {"num_train_epochs": 3, "max_length": 96, "early_stopping_patience": 1, "learning_rate": 1e-9}


@pytest.fixture(scope="module")
def whole_of_epochs(dataset: DatasetDict, tiny_encoder_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("epochs")
    run(dataset, tiny_encoder_dir, output, **EPOCHS)
    return output


@pytest.mark.parametrize("place", ["in the middle of an epoch", "at its end", "at the end of the last"])
def test_stopped_where_epochs_are_evaluated(
    whole_of_epochs: Path, dataset: DatasetDict, tiny_encoder_dir: Path, tmp_path: Path, place: str
) -> None:
    evaluated = [entry["step"] for entry in entries(whole_of_epochs) if "eval_f1" in entry]
    first, last = evaluated  # the second was no better, so no third came
    step = {"in the middle of an epoch": first + 1, "at its end": first, "at the end of the last": last}[place]
    stopped(dataset, tiny_encoder_dir, tmp_path, [Signal(step - 1)], **EPOCHS)
    run(dataset, tiny_encoder_dir, tmp_path, resume_from_checkpoint="auto", **EPOCHS)
    assert [entry["step"] for entry in entries(tmp_path) if "eval_f1" in entry] == evaluated
    assert losses(tmp_path) == losses(whole_of_epochs)
    assert (tmp_path / "model.safetensors").read_bytes() == (whole_of_epochs / "model.safetensors").read_bytes()


def test_a_stopped_training_goes_on_with_nothing_else(
    dataset: DatasetDict, tiny_encoder_dir: Path, tmp_path: Path
) -> None:
    options = BY_STEPS | SHORT
    stopped(dataset, tiny_encoder_dir, tmp_path / "m", [Signal(1, signal.SIGUSR1)], **options)
    for wish in ("auto", "true", str(tmp_path / "m" / "checkpoint-2")):
        with pytest.raises(RunspanError, match=r"with learning_rate 0.003, and now it is 0.1"):
            run(dataset, tiny_encoder_dir, tmp_path / "m", resume_from_checkpoint=wish, learning_rate=0.1, **options)
    with pytest.raises(RunspanError, match="is not empty"):
        run(dataset, tiny_encoder_dir, tmp_path / "m", **options)


def test_auto_takes_no_folder_of_others(dataset: DatasetDict, tiny_encoder_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(RunspanError, match="is not empty"):
        run(dataset, tiny_encoder_dir, tmp_path, resume_from_checkpoint="auto")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_the_log_is_written_as_training_goes(dataset: DatasetDict, tiny_encoder_dir: Path, tmp_path: Path) -> None:
    seen: list[list[int]] = []

    class Look(TrainerCallback):
        def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            seen.append(steps_of(tmp_path / "m"))

    run(dataset, tiny_encoder_dir, tmp_path / "m", [Look()], max_steps=3, **SHORT)
    assert seen == [[], [1], [1, 2]]
    first = entries(tmp_path / "m")[0]
    assert {"loss", "grad_norm", "learning_rate", "epoch", "step", "tokens_per_second", "time"} == first.keys()
    assert first["tokens_per_second"] > 0


def test_tensorboard(dataset: DatasetDict, tiny_encoder_dir: Path, tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX")
    run(dataset, tiny_encoder_dir, tmp_path / "m", report_to="tensorboard", max_steps=2, **SHORT)
    (events,) = (tmp_path / "m" / "runs").rglob("events.out.tfevents.*")
    written = events.read_bytes()
    assert all(name in written for name in (b"train/loss", b"train/tokens_per_second", b"train/learning_rate"))
