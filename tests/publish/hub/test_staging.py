"""What of a folder is published, and what is not."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from runspan.base.errors import RunspanError
from runspan.publish.hub.staging import StagedFile, stage_model, staged_files, superseded
from tests.publish.hub.trained_folder import PLACE, STAGED

TOKEN = "hf_" + "Ab1" * 12


@pytest.fixture
def source(trained_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained_dir, tmp_path / "source"))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "target"
    folder.mkdir()
    return folder


def test_only_what_is_listed_is_staged(source: Path, target: Path) -> None:
    stage_model(source, target)
    assert {path.name for path in target.iterdir()} == STAGED - {"README.md"}
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        assert (target / name).read_bytes() == (source / name).read_bytes()


def test_settings_lose_secrets_and_places(source: Path, target: Path) -> None:
    stage_model(source, target)
    text = (target / "run_config.yaml").read_text()
    assert "swordfish" not in text
    assert PLACE not in text
    arguments = yaml.safe_load(text)["arguments"]
    assert (arguments["output_dir"], arguments["seed_dir"], arguments["seed"]) == ("model", ["data/seeds"], 17)


def test_a_configuration_loses_where_it_was_loaded_from(source: Path, target: Path) -> None:
    config = json.loads((source / "config.json").read_text())
    (source / "config.json").write_text(json.dumps({**config, "_name_or_path": f"{PLACE}/encoder"}))
    stage_model(source, target)
    assert json.loads((target / "config.json").read_text()) == config


@pytest.mark.parametrize("name", ["run_config.yaml", "metrics.json", "tokenizer_config.json"])
def test_a_token_in_a_file_stops_it(source: Path, target: Path, name: str) -> None:
    (source / name).write_text(json.dumps({"note": f"key {TOKEN}"}))
    with pytest.raises(RunspanError, match=f"{name}: holds an access token") as caught:
        stage_model(source, target)
    assert TOKEN not in str(caught.value)


def test_the_token_in_use_stops_it_in_any_file(source: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "correct horse")
    (source / "vocab.txt").write_bytes(b"\xff\xfe correct horse \x00")
    with pytest.raises(RunspanError, match=r"vocab\.txt: holds an access token"):
        stage_model(source, target)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_what_a_model_needs(source: Path, target: Path, name: str) -> None:
    (source / name).unlink()
    with pytest.raises(RunspanError, match=rf"lacks {name}; expected a model folder"):
        stage_model(source, target)


def test_a_model_with_code_of_its_own(source: Path, target: Path) -> None:
    (source / "config.json").write_text('{"auto_map": {"AutoModel": "code.Model"}}')
    with pytest.raises(RunspanError, match="needs code of its own"):
        stage_model(source, target)


def test_checksums_are_those_of_the_hub(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.txt").write_bytes(b"hello\n")
    sha256 = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
    assert staged_files(tmp_path) == [StagedFile("data/a.txt", 6, sha256, "ce013625030ba8dba906f756967f9e9ca394464a")]


def test_what_an_earlier_push_left() -> None:
    files = [StagedFile(name, 1, "", "") for name in ("README.md", "config.json")]
    published = ["README.md", "vocab.txt", "DATASHEET.md", "mine.md"]
    assert superseded(published, files, "model") == ["DATASHEET.md", "vocab.txt"]
    assert superseded(published, files, "dataset") == ["DATASHEET.md"]
