"""Low-rank adapters: what they train, that merging keeps the logits, and that training goes on with them."""

from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import DatasetDict
from safetensors.torch import load_file
from transformers import TrainerCallback

from runspan.base.errors import RunspanError
from runspan.base.labels import LABELS
from runspan.jobs.arguments import ModelArguments
from runspan.modeling.dataset import build_dataset
from runspan.modeling.encoder import load_model, load_new_model
from runspan.modeling.lora import add_adapters, merge_adapters
from tests.jobs.tiny_training import corpus, run

IDS = torch.arange(5, 25).reshape(2, 10)


@pytest.fixture(scope="module")
def dataset() -> DatasetDict:
    return build_dataset(corpus())


def test_merging_keeps_the_logits_and_so_does_the_disk(tiny_encoder_dir: Path, tmp_path: Path) -> None:
    model = load_new_model(tiny_encoder_dir, LABELS).eval()
    names = set(model.state_dict())
    add_adapters(model, rank=4, alpha=8)
    torch.manual_seed(1)
    for name, weight in model.named_parameters():
        if "lora_B" in name:  # zero at first
            torch.nn.init.normal_(weight)
    with torch.inference_mode():
        before = model(input_ids=IDS).logits
        merge_adapters(model)
        merged = model(input_ids=IDS).logits
    assert set(model.state_dict()) == names
    model.save_pretrained(tmp_path)
    with torch.inference_mode():
        read_back = load_model(tmp_path).eval()(input_ids=IDS).logits
        bare = load_new_model(tiny_encoder_dir, LABELS).eval()(input_ids=IDS).logits
    torch.testing.assert_close(before, merged, atol=1e-4, rtol=1e-4)
    assert torch.equal(merged, read_back)
    assert (before - bare).abs().max() > 0.1


@pytest.mark.parametrize(("targets", "layers"), [(None, 12), (["query", "value"], 4), (["output.dense"], 4)])
def test_adapters_and_the_head_alone_are_trained(
    targets: list[str] | None, layers: int, tiny_encoder_dir: Path
) -> None:
    model = load_new_model(tiny_encoder_dir, LABELS)
    add_adapters(model, 2, 16, target_modules=targets)
    trained = [name for name, weight in model.named_parameters() if weight.requires_grad]
    assert sum("lora_A" in name for name in trained) == layers
    assert {name for name in trained if "lora_" not in name} == {"classifier.weight", "classifier.bias"}


def test_a_layer_that_is_not_there(tiny_encoder_dir: Path) -> None:
    with pytest.raises(RunspanError, match=r"names q_proj, which no linear layer.*expected some of dense, key, query"):
        add_adapters(load_new_model(tiny_encoder_dir, LABELS), 2, 16, target_modules=["q_proj"])


def test_without_its_package(tiny_encoder_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(RunspanError, match=r"pip install 'runspan\[lora\]'"):
        add_adapters(load_new_model(tiny_encoder_dir, LABELS), 2, 16)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lora_rank": -1}, "lora_rank is -1"),
        ({"lora_rank": 4, "lora_alpha": 0.0}, "lora_alpha is 0"),
        ({"lora_dropout": 1.0}, r"lora_dropout is 1\.0"),
        ({"lora_rank": 4, "freeze_layers": 1}, "leave freeze_layers out"),
    ],
)
def test_arguments_out_of_range(options: dict[str, Any], message: str) -> None:
    with pytest.raises(RunspanError, match=message):
        ModelArguments(**options)


class Interrupt(TrainerCallback):
    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.global_step == 7:
            raise KeyboardInterrupt


@pytest.mark.parametrize("ema_decay", [0.0, 0.9])
def test_training_goes_on_to_the_same_model(
    ema_decay: float, dataset: DatasetDict, tiny_encoder_dir: Path, tmp_path: Path
) -> None:
    options: dict[str, Any] = {
        "model": {"lora_rank": 4, "lora_dropout": 0.1},
        "ema_decay": ema_decay,
        "eval_strategy": "steps",
        "save_strategy": "steps",
        "eval_steps": 3,
        "save_steps": 3,
        "max_steps": 12,
    }
    whole = run(dataset, tiny_encoder_dir, tmp_path / "whole", **options)
    with pytest.raises(KeyboardInterrupt):
        run(dataset, tiny_encoder_dir, tmp_path / "parts", [Interrupt()], **options)
    parts = run(dataset, tiny_encoder_dir, tmp_path / "parts", resume_from_checkpoint="true", **options)
    assert whole["test"] == parts["test"]
    assert whole["validation"]["f1"] == whole["best_validation_f1"]
    files = [tmp_path / name / "model.safetensors" for name in ("whole", "parts")]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert not [name for name in load_file(files[0]) if "lora" in name or "base_layer" in name]
    encoder = load_file(tiny_encoder_dir / "model.safetensors")
    trained = load_file(files[0])
    query = "encoder.layer.0.attention.self.query.weight"
    assert not torch.equal(trained[f"bert.{query}"], encoder[query])
    assert torch.equal(trained["bert.embeddings.word_embeddings.weight"], encoder["embeddings.word_embeddings.weight"])
