"""Checkpoints: a half one is never used, one that was changed is refused, and no pickle in one is ever run."""

import json
import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from datasets import DatasetDict
from transformers import TrainerCallback

from runspan.base.errors import RunspanError
from runspan.jobs.checkpoints import SEAL, check_seal, checkpoints, remove, rotate, seal
from runspan.modeling.dataset import build_dataset
from tests.jobs.tiny_training import corpus, run

TRAINED = {"seed": 1}
STEPS = {
    "save_strategy": "steps",
    "eval_strategy": "no",
    "load_best_model_at_end": False,
    "save_steps": 2,
    "max_steps": 4,
    "num_train_epochs": 1,
}


class Harm:
    """A pickle that makes a folder when it is loaded."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (self._folder,)


@pytest.fixture(scope="module", autouse=True)
def unscored() -> Iterator[None]:
    """What is compared is the weights: the saved model is not converted and scored."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("runspan.jobs.training.report", lambda *_: {})
        yield


@pytest.fixture(scope="module")
def dataset() -> DatasetDict:
    return build_dataset(corpus())


@pytest.fixture(scope="module")
def trained(dataset: DatasetDict, tiny_encoder_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("trained") / "model"
    run(dataset, tiny_encoder_dir, output, **STEPS)
    return output


@pytest.fixture
def unfinished(trained: Path, tmp_path: Path) -> Path:
    """As the training left it when it was killed after its first checkpoint."""
    output = tmp_path / "model"
    output.mkdir()
    shutil.copy(trained / "fingerprint.json", output)
    shutil.copytree(trained / "checkpoint-2", output / "checkpoint-2")
    return output


def test_a_sealed_checkpoint_is_whole(tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint-3"
    (checkpoint / "deeper").mkdir(parents=True)
    (checkpoint / "deeper" / "a").write_text("x")
    with pytest.raises(RunspanError, match="no whole checkpoint"):
        check_seal(checkpoint)
    seal(checkpoint, TRAINED)
    assert check_seal(checkpoint) == TRAINED
    assert sorted(path.name for path in checkpoint.iterdir()) == ["deeper", SEAL]


CHANGES: dict[str, Callable[[Path], object]] = {
    "other": lambda folder: (folder / "a").write_text("y"),
    "new": lambda folder: (folder / "b").write_text("y"),
    "gone": lambda folder: (folder / "a").unlink(),
    "deeper": lambda folder: (folder / "sub" / "c").write_text("y"),
    "no seal": lambda folder: (folder / SEAL).unlink(),
    "broken seal": lambda folder: (folder / SEAL).write_text("{"),
    "seal without files": lambda folder: (folder / SEAL).write_text('{"trained": {}}'),
    "seal of another kind": lambda folder: (folder / SEAL).write_text("[]"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_checkpoint_is_refused(change: Callable[[Path], object], tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a").write_text("x")
    seal(tmp_path, TRAINED)
    change(tmp_path)
    with pytest.raises(RunspanError, match=r"nothing of this checkpoint is loaded|no whole checkpoint"):
        check_seal(tmp_path)


def test_the_oldest_checkpoints_go(tmp_path: Path) -> None:
    for step in (2, 10, 9, 30):
        (tmp_path / f"checkpoint-{step}").mkdir()
    (tmp_path / "checkpoint-old").mkdir()
    assert [path.name for path in checkpoints(tmp_path)] == [f"checkpoint-{step}" for step in (2, 9, 10, 30)]
    rotate(tmp_path, None, set())
    assert len(checkpoints(tmp_path)) == 4
    rotate(tmp_path, 2, {tmp_path / "checkpoint-2"})
    assert [path.name for path in checkpoints(tmp_path)] == ["checkpoint-2", "checkpoint-30"]
    rotate(tmp_path, 1, {tmp_path / "checkpoint-2"})
    assert [path.name for path in checkpoints(tmp_path)] == ["checkpoint-2"]
    assert (tmp_path / "checkpoint-old").is_dir()


def test_a_checkpoint_that_is_half_removed_is_not_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("x")
    seal(tmp_path, TRAINED)

    def killed(folder: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(shutil, "rmtree", killed)
    with pytest.raises(KeyboardInterrupt):
        remove(tmp_path)
    assert not (tmp_path / SEAL).exists()


def test_a_checkpoint_holds_no_arguments_and_no_weights_but_safetensors(trained: Path) -> None:
    checkpoint = trained / "checkpoint-2"
    assert {path.name for path in checkpoint.iterdir() if path.suffix not in (".json", ".safetensors")} == {
        "optimizer.pt",
        "rng_state.pth",
        "scheduler.pt",
    }
    assert not list(trained.rglob("training_args.bin"))


@pytest.mark.parametrize("wish", ["auto", "true"])
def test_a_half_checkpoint_is_never_used(
    unfinished: Path, dataset: DatasetDict, tiny_encoder_dir: Path, trained: Path, wish: str
) -> None:
    half = unfinished / "checkpoint-3"
    half.mkdir()
    for name in ("model.safetensors", "trainer_state.json"):
        (half / name).write_bytes(b"half")
    run(dataset, tiny_encoder_dir, unfinished, resume_from_checkpoint=wish, **STEPS)
    assert (unfinished / "model.safetensors").read_bytes() == (trained / "model.safetensors").read_bytes()


def test_auto_begins_anew_where_no_checkpoint_is_whole(
    unfinished: Path, dataset: DatasetDict, tiny_encoder_dir: Path, trained: Path
) -> None:
    (unfinished / "checkpoint-2" / SEAL).unlink()
    (unfinished / "training_curve.jsonl").write_text('{"step": 1}\n{"st')
    run(dataset, tiny_encoder_dir, unfinished, resume_from_checkpoint="auto", **STEPS)
    assert (unfinished / "model.safetensors").read_bytes() == (trained / "model.safetensors").read_bytes()
    assert not (unfinished / "checkpoint-2" / "training_args.bin").exists()


FILES = ("optimizer.pt", "scheduler.pt", "rng_state.pth", "training_args.bin", "pytorch_model.bin")


@pytest.mark.parametrize("forged", [False, True], ids=["as it is", "with a forged seal"])
@pytest.mark.parametrize("name", FILES)
def test_a_pickle_in_a_checkpoint_is_never_run(
    unfinished: Path, dataset: DatasetDict, tiny_encoder_dir: Path, name: str, forged: bool
) -> None:
    checkpoint, harm = unfinished / "checkpoint-2", unfinished.parent / "harm"
    (checkpoint / name).write_bytes(pickle.dumps(Harm(harm)))
    if name == "pytorch_model.bin":
        (checkpoint / "model.safetensors").unlink()
    if forged:
        trained = json.loads((checkpoint / SEAL).read_text())["trained"]
        seal(checkpoint, trained)
    message = "was not loaded" if forged else "nothing of this checkpoint is loaded"
    if forged and name == "training_args.bin":  # nothing reads it
        run(dataset, tiny_encoder_dir, unfinished, resume_from_checkpoint="auto", **STEPS)
    else:
        with pytest.raises(RunspanError, match=message):
            run(dataset, tiny_encoder_dir, unfinished, resume_from_checkpoint="auto", **STEPS)
    assert not harm.exists()
    pickle.loads((checkpoint / name).read_bytes())  # the harm is real
    assert harm.is_dir()


def test_the_best_checkpoint_is_checked_too(
    unfinished: Path, dataset: DatasetDict, tiny_encoder_dir: Path, tmp_path: Path
) -> None:
    options = STEPS | {"eval_strategy": "steps", "eval_steps": 2, "load_best_model_at_end": True}

    def spoil(output: Path) -> None:
        for checkpoint in checkpoints(output):
            (checkpoint / "pytorch_model.bin").write_bytes(pickle.dumps(Harm(tmp_path / "harm")))

    class Spoil(TrainerCallback):
        def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            if state.global_step == 4:
                spoil(Path(args.output_dir))

    with pytest.raises(RunspanError, match="nothing of this checkpoint is loaded"):
        run(dataset, tiny_encoder_dir, tmp_path / "m", [Spoil()], **options)
    assert not (tmp_path / "harm").exists()
