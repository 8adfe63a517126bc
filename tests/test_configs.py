"""Every recipe in configs/ is parsed and trained two steps on a tiny random model of its encoder's architecture."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
import yaml
from transformers import PreTrainedTokenizerFast

from runspan.cli.main import main
from tests.conftest import REPOSITORY, byte_level_tokenizer, sentencepiece_tokenizer, tiny_config, wordpiece_tokenizer

CONFIGS = sorted((REPOSITORY / "configs").glob("*.yaml"))
SIZES = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 132,
    "pad_token_id": 3,
}
DEBERTA = {"relative_attention": True, "pos_att_type": ["p2c", "c2p"], "position_buckets": 32, "share_att_key": True}
TINY = ("--max_length", "48", "--stride", "8", "--max_steps", "2", "--use_cpu", "true", "--seed_dir")


def encoder_of(name: str, vocabulary: int) -> transformers.PreTrainedModel:
    """A tiny random encoder of the architecture that a hub id stands for."""
    torch.manual_seed(0)
    for part, make in {
        "MiniLM": lambda: transformers.BertModel(tiny_config(vocabulary)),
        "scibert": lambda: transformers.BertModel(tiny_config(vocabulary)),
        "ModernBERT": lambda: transformers.ModernBertModel(
            transformers.ModernBertConfig(vocab_size=vocabulary, **SIZES)
        ),
        "deberta": lambda: transformers.DebertaV2Model(
            transformers.DebertaV2Config(vocab_size=vocabulary, **SIZES, **DEBERTA)
        ),
        "xlm-roberta": lambda: transformers.XLMRobertaModel(
            transformers.XLMRobertaConfig(vocab_size=vocabulary, **SIZES)
        ),
    }.items():
        if part in name:
            return make()
    raise AssertionError(f"{name}: say here what its architecture is, so that its recipe can be tried")


def tokenizer_of(name: str) -> PreTrainedTokenizerFast:
    if "ModernBERT" in name:
        return byte_level_tokenizer()
    return sentencepiece_tokenizer() if "deberta" in name or "xlm" in name else wordpiece_tokenizer()


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeds")
    for i in range(6):
        others = " ".join(f"word{i}x{j}" for j in range(20))
        text = f"Foo has <params>{i + 2}B parameters</params> and took <training>{i + 2} days</training>. {others}."
        (folder / f"{i}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_a_recipe_trains(config: Path, seeds: Path, tmp_path: Path) -> None:
    values: dict[str, Any] = yaml.safe_load(config.read_text(encoding="utf-8"))
    name, output = values["model_name_or_path"], tmp_path / "model"
    tokenizer = tokenizer_of(name)
    encoder_of(name, len(tokenizer)).save_pretrained(tmp_path / "encoder")
    tokenizer.save_pretrained(tmp_path / "encoder")
    places = ["--model_name_or_path", str(tmp_path / "encoder"), "--output_dir", str(output)]
    places += ["--dataset_dir", str(tmp_path / "dataset"), "--dataloader_num_workers", "0"]
    assert main(["train", str(config), *places, *TINY, str(seeds)]) == 0
    assert json.loads((output / "metrics.json").read_text())["steps"] == 2


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_a_recipe_says_how_it_is_run(config: Path) -> None:
    head = config.read_text(encoding="utf-8").partition("\n\n")[0]
    assert f"configs/{config.name}" in head
    assert all(line.startswith("#") for line in head.splitlines())
