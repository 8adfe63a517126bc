"""What a command must never do: replace what it did not write, read its own output, or pass off a ruined model."""

import json
from pathlib import Path

import pytest

from runspan.cli.main import main

FIT = ["train", "--max_length", "64", "--stride", "16", "--use_cpu", "true", "--report_to", "none"]


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    folder = tmp_path / "seeds"
    folder.mkdir()
    for i in range(6):
        words = " ".join(f"word{i}x{j}" for j in range(40))
        (folder / f"{i}.txt").write_text(f"On <gpu_count>{i + 2}</gpu_count> GPUs {words}", encoding="utf-8")
    return folder


def fit(tmp_path: Path, encoder: Path, *options: str) -> int:
    places = ["--output_dir", str(tmp_path / "out"), "--dataset_dir", str(tmp_path / "dataset")]
    return main([*FIT, "--seed_dir", str(tmp_path / "seeds"), "--model_name_or_path", str(encoder), *places, *options])


def test_a_folder_that_is_no_dataset_is_not_replaced(seeds: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dataset", "--seed_dir", str(seeds), "--dataset_dir", str(seeds.parent), "--use_cpu", "true"]) == 2
    assert "no part of a dataset" in capsys.readouterr().err
    assert len(list(seeds.iterdir())) == 6


def test_a_dataset_is_replaced(seeds: Path, tmp_path: Path) -> None:
    arguments = ["dataset", "--seed_dir", str(seeds), "--dataset_dir", str(tmp_path / "d"), "--use_cpu", "true"]
    assert main(arguments) == main(arguments) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"seeds", "d"}


@pytest.mark.parametrize("kept", ["thesis.tex", "config.json"])
def test_overwriting_takes_only_an_earlier_run(
    seeds: Path, tmp_path: Path, tiny_encoder_dir: Path, kept: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / kept).write_text("years of work")
    assert fit(tmp_path, tiny_encoder_dir, "--overwrite_output_dir", "true") == 2
    assert "holds no earlier training run" in capsys.readouterr().err
    assert (tmp_path / "out" / kept).read_text() == "years of work"


def test_overwriting_keeps_what_the_run_did_not_write(seeds: Path, tmp_path: Path, tiny_encoder_dir: Path) -> None:
    options = ["--max_steps", "1", "--save_strategy", "no"]
    assert fit(tmp_path, tiny_encoder_dir, *options) == 0
    (tmp_path / "out" / "notes.txt").write_text("mine")
    assert fit(tmp_path, tiny_encoder_dir, "--overwrite_output_dir", "true", *options) == 0
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"
    assert not list((tmp_path / "out").rglob("training_args.bin"))


def test_the_encoder_is_not_replaced_by_the_model(seeds: Path, tmp_path: Path, tiny_encoder_dir: Path) -> None:
    before = sorted(path.name for path in tiny_encoder_dir.iterdir())
    assert fit(tmp_path, tiny_encoder_dir, "--overwrite_output_dir", "true", "--output_dir", str(tiny_encoder_dir)) == 2
    assert sorted(path.name for path in tiny_encoder_dir.iterdir()) == before


def test_a_ruined_model_is_not_written(
    seeds: Path, tmp_path: Path, tiny_encoder_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--learning_rate", "1e30", "--max_grad_norm", "0", "--max_steps", "8", "--logging_steps", "100"]
    assert fit(tmp_path, tiny_encoder_dir, *options, "--mixed_precision", "no", "--save_strategy", "no") == 2
    assert "is nan. Lower learning_rate" in capsys.readouterr().err
    assert not (tmp_path / "out" / "model.safetensors").exists()


def test_the_output_is_no_input(tiny_model_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "x"}\n')
    same = str(tmp_path / "a.jsonl")
    assert main(["infer", "--model", str(tiny_model_dir), "--input", same, "--output", same]) == 2
    assert "is the output too" in capsys.readouterr().err
    into = ["infer", "--model", str(tiny_model_dir), "--input", str(tmp_path), "--output", str(tmp_path / "r.jsonl")]
    assert main(into) == main(into) == 0
    assert len((tmp_path / "r.jsonl").read_text().splitlines()) == 1


def test_documents_that_differ_in_their_suffix_keep_it(tiny_model_dir: Path, tmp_path: Path) -> None:
    for name in ("a.txt", "a.md", "b.txt"):
        (tmp_path / name).write_text("x")
    output = tmp_path / "out" / "r.jsonl"
    assert main(["infer", "--model", str(tiny_model_dir), "--input", str(tmp_path), "--output", str(output)]) == 0
    assert [json.loads(line)["id"] for line in output.read_text().splitlines()] == ["a.md", "a.txt", "b"]


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("config.json", "{"),
        ("config.json", "{}"),
        ("config.json", '{"model_type": "nonsense"}'),
        ("runspan.json", '{"max_length": "x"}'),
        ("runspan.json", "[]"),
        ("model.safetensors", "x"),
        ("tokenizer.json", "{"),
        ("tokenizer.json", None),
    ],
)
def test_a_broken_model_folder_is_one_clear_line(
    tiny_model_dir: Path, tmp_path: Path, file: str, content: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    for part in filter(Path.is_file, tiny_model_dir.iterdir()):
        (folder / part.name).write_bytes(part.read_bytes())
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_text(content)
    (tmp_path / "a.txt").write_text("x")
    paths = ["--input", str(tmp_path / "a.txt"), "--output", str(tmp_path / "r.jsonl")]
    assert main(["infer", "--model", str(folder), *paths]) == 2
    err = capsys.readouterr().err
    assert str(folder) in err
    assert "Traceback" not in err
    assert not list(tmp_path.glob("r.jsonl*"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--early_stopping_patience 2", "early_stopping_patience needs evaluations"),
        ("--metric_for_best_model accuracy", "expected f1, precision, recall"),
        ("--per_device_train_batch_size 0", "per_device_train_batch_size is 0"),
        ("--labels gpu_count gpu_count", "each may stand once"),
        ("--report_to nowhere", "nowhere"),
        ("--lr_scheduler_kwargs foo", "must be a mapping"),
        ("--dataset_dir /dev/null", "is no folder"),
        ("--output_dir /dev/null/x", "can't be made"),
    ],
)
def test_more_mistakes_of_training(
    seeds: Path,
    tmp_path: Path,
    tiny_encoder_dir: Path,
    options: str,
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert fit(tmp_path, tiny_encoder_dir, *options.split()) == 2
    err = capsys.readouterr().err
    assert message in err
    assert "Traceback" not in err
