"""Training of a tiny encoder: it learns, resumes to the same end, weighs, and stops on a bad loss."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from datasets import DatasetDict
from safetensors.torch import load_file
from transformers import TrainerCallback

from runspan.base.documents import Document
from runspan.base.errors import RunspanError
from runspan.jobs.loss import WeightedLoss
from runspan.jobs.prediction import Predictor
from runspan.modeling.averaging import STEPS
from runspan.modeling.dataset import build_dataset, data_hash
from tests.jobs.tiny_training import corpus, losses, run


@pytest.fixture(scope="module")
def dataset() -> DatasetDict:
    return build_dataset(corpus())


def test_training_writes_a_model_that_scores_as_reported(
    dataset: DatasetDict, tiny_encoder_dir: Path, tmp_path: Path
) -> None:
    output = tmp_path / "model"
    metrics = run(dataset, tiny_encoder_dir, output, num_train_epochs=40, learning_rate=1e-3)
    assert metrics["test"]["f1"] > 0.5  # a tiny random encoder learns the pattern
    assert metrics["validation"]["f1"] == metrics["best_validation_f1"]  # the best checkpoint, read back from disk
    assert losses(output)[-1] < losses(output)[0] / 5
    assert json.loads((output / "metrics.json").read_text()) == metrics
    config = yaml.safe_load((output / "run_config.yaml").read_text())
    assert config["arguments"]["learning_rate"] == 1e-3
    assert config["arguments"]["model_name_or_path"] == str(tiny_encoder_dir)
    assert config["data_sha256"] == data_hash(corpus())
    assert config["versions"]["torch"] == torch.__version__
    assert config["machine"]["cores"] >= 1
    assert config["date"][:2] == "20"
    assert metrics["documents"] == {name: len(rows) for name, rows in dataset.items()}
    assert {"model.safetensors", "tokenizer.json", "runspan.json"} <= {f.name for f in output.iterdir()}
    assert not (output / "training_args.bin").exists()
    document = Document("x", "Trained on 17 V100 in 2017, see 2005 papers and 17 more")
    (found,) = Predictor.load(str(output), "cpu").predict_spans([document])
    assert ("hardware", "V100") in [(s.label, found.surface(s)) for s in found.spans]


class Interrupt(TrainerCallback):
    """Ends the process's training after a step, as a kill would."""

    def __init__(self, step: int) -> None:
        self.step = step

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.global_step == self.step:
            raise KeyboardInterrupt


@pytest.mark.parametrize(("accumulation", "ema_decay"), [(1, 0.0), (2, 0.0), (1, 0.9)])
def test_interrupted_and_resumed_ends_where_an_uninterrupted_run_ends(
    dataset: DatasetDict, tiny_encoder_dir: Path, tmp_path: Path, accumulation: int, ema_decay: float
) -> None:
    options = {
        "ema_decay": ema_decay,
        "save_strategy": "steps",
        "eval_strategy": "steps",
        "save_steps": 3,
        "eval_steps": 3,
        "num_train_epochs": 3,
    }
    options["gradient_accumulation_steps"] = accumulation
    whole = run(dataset, tiny_encoder_dir, tmp_path / "whole", **options)
    with pytest.raises(KeyboardInterrupt):
        run(dataset, tiny_encoder_dir, tmp_path / "parts", [Interrupt(7)], **options)
    with pytest.raises(RunspanError, match="is not empty"):
        run(dataset, tiny_encoder_dir, tmp_path / "parts", **options)
    parts = run(dataset, tiny_encoder_dir, tmp_path / "parts", resume_from_checkpoint="true", **options)
    assert whole["steps"] == parts["steps"] > 9
    assert losses(tmp_path / "whole")[-3:] == losses(tmp_path / "parts")[-3:]
    assert whole["test"] == parts["test"]
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "parts")]
    assert weights[0] == weights[1]


def test_the_moving_average_becomes_the_model(dataset: DatasetDict, tiny_encoder_dir: Path, tmp_path: Path) -> None:
    steps: list[dict[str, torch.Tensor]] = []

    class Keep(TrainerCallback):
        def on_step_end(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
            steps.append({name: weight.clone() for name, weight in model.state_dict().items()})

    options = {"max_steps": 9, "ema_decay": 0.9, "eval_strategy": "no", "save_strategy": "no"}
    run(dataset, tiny_encoder_dir, tmp_path / "m", [Keep()], load_best_model_at_end=False, **options)
    saved = load_file(tmp_path / "m" / "model.safetensors")
    name = "classifier.weight"
    expected = steps[0][name]
    for updates, step in ((1, 5), (2, 8)):  # of the first step, every fifth, and the last
        expected = expected.lerp(steps[step][name], 1 - min(0.9**STEPS, (1 + updates) / (10 + updates)))
    torch.testing.assert_close(saved[name], expected)
    assert not torch.equal(saved[name], steps[-1][name])


def test_a_loss_that_is_no_number_stops(dataset: DatasetDict, tiny_encoder_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(RunspanError, match=r"(loss|grad_norm) is (nan|inf).*Lower learning_rate"):
        run(dataset, tiny_encoder_dir, tmp_path / "model", learning_rate=1e30, max_grad_norm=0, num_train_epochs=20)
    assert not (tmp_path / "model" / "metrics.json").exists()


def test_early_stopping(dataset: DatasetDict, tiny_encoder_dir: Path, tmp_path: Path) -> None:
    metrics = run(
        dataset, tiny_encoder_dir, tmp_path / "m", learning_rate=1e-9, num_train_epochs=20, early_stopping_patience=2
    )
    assert metrics["epochs"] <= 4


def test_the_head_learns_at_its_own_rate(dataset: DatasetDict, tiny_encoder_dir: Path, tmp_path: Path) -> None:
    rates: list[set[float]] = []

    class Look(TrainerCallback):
        def on_step_begin(self, args: Any, state: Any, control: Any, optimizer: Any = None, **_: Any) -> None:
            rates.append({group["lr"] for group in optimizer.param_groups if group["params"]})

    run(dataset, tiny_encoder_dir, tmp_path / "m", [Look()], head_learning_rate=0.5, max_steps=1)
    assert rates[0] == {3e-3, 0.5}


def test_weighted_loss() -> None:
    logits = torch.tensor([[[2.0, 0.0], [0.0, 1.0], [5.0, 5.0]]])
    labels = torch.tensor([[0, 1, -100]])
    plain = torch.nn.functional.cross_entropy(logits[0, :2], labels[0, :2])
    assert WeightedLoss(2)({"logits": logits}, labels) == pytest.approx(plain.item())
    first, second = (torch.nn.functional.cross_entropy(logits[0, i], labels[0, i]).item() for i in range(2))
    weighted = WeightedLoss(2, outside_weight=0.25)({"logits": logits}, labels, num_items_in_batch=2)
    assert weighted.item() == pytest.approx((0.25 * first + second) / 2)


def test_windows_without_a_label_have_no_loss() -> None:
    loss = WeightedLoss(2)
    outputs, labels = {"logits": torch.ones(1, 1, 2)}, torch.tensor([[-100]])
    assert loss(outputs, labels).item() == 0.0
    assert loss(outputs, labels, num_items_in_batch=torch.tensor(0)).item() == 0.0


def test_output_folder_with_other_things_is_not_replaced(
    dataset: DatasetDict, tiny_encoder_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(RunspanError, match="holds no earlier training run"):
        run(dataset, tiny_encoder_dir, tmp_path, overwrite_output_dir=True)
    assert (tmp_path / "thesis.tex").exists()
