"""Commands as a user types them: results, exit codes, one clear message and nothing half-written for a mistake."""

import io
import json
import sys
from pathlib import Path

import pytest

from runspan.cli.main import COMMANDS, main
from runspan.language.markup import parse
from tests.conftest import REPOSITORY

TAGGED = "Foo has <params>7B parameters</params> and took <training>3 days</training> on <gpu_count>8</gpu_count> GPUs."


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    folder = tmp_path / "seeds"
    folder.mkdir()
    for i in range(6):
        others = " ".join(f"word{i}x{j}" for j in range(40))
        (folder / f"{i}.txt").write_text(f"{TAGGED} {others}.", encoding="utf-8")
    return folder


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in COMMANDS)
    assert main(["--version"]) == 0


def test_check_counts(seeds: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(seeds)]) == 0
    out = capsys.readouterr().out
    assert "Seed files, no fault" in out
    assert "6" in out


def test_check_lists_every_fault(seeds: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (seeds / "0.txt").write_text("<year>2020")
    (seeds / "1.txt").write_text("a\n</year>")
    assert main(["check", str(seeds)]) == 2
    err = capsys.readouterr().err
    assert "0.txt:1:1: <year> is never closed" in err
    assert "1.txt:2:1: </year> closes nothing" in err
    assert "Traceback" not in err


def test_normalize(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("34 billion parameters\nsome\n"))
    assert main(["normalize", "params"]) == 0
    values = [json.loads(line)["value"] for line in capsys.readouterr().out.splitlines()]
    assert values == [34_000_000_000, None]


@pytest.mark.parametrize("suffix", ["jsonl", "parquet", "csv"])
def test_infer(tiny_model_dir: Path, tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / f"r.{suffix}"
    examples = str(REPOSITORY / "data" / "examples" / "blog_post.txt")
    assert main(["infer", "--model", str(tiny_model_dir), "--input", examples, "--output", str(output)]) == 0
    err = capsys.readouterr().err
    assert "1 documents" in err
    assert "tokens/s, device: cpu" in err
    assert output.stat().st_size > 0
    if suffix == "jsonl":
        record = json.loads(output.read_text())
        text = (REPOSITORY / "data" / "examples" / "blog_post.txt").read_bytes().decode()
        assert record["id"] == "blog_post"
        assert all(text[s["start"] : s["end"]] == s["text"] for s in record["spans"])
        assert main(["show", str(output)]) == 0


def test_infer_with_a_bad_document_exits_with_1(tiny_model_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "fine"}\n{\n{"text": "fine too"}\n')
    output = tmp_path / "r.jsonl"
    arguments = ["--model", str(tiny_model_dir), "--input", str(tmp_path / "a.jsonl"), "--output", str(output)]
    assert main(["infer", *arguments]) == 1
    records = [json.loads(line) for line in output.read_text().splitlines()]
    assert [record["error"] is None for record in records] == [True, False, True]


def test_infer_to_stdout(tiny_model_dir: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (tmp_path / "a.txt").write_text("x")
    assert main(["infer", "--model", str(tiny_model_dir), "--input", str(tmp_path), "--output", "-"]) == 0
    (line,) = capfdbinary.readouterr().out.splitlines()
    assert json.loads(line)["id"] == "a"


def test_evaluate(seeds: Path, tiny_model_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = []
    for file in sorted(seeds.iterdir())[1:]:
        document = parse(file.read_text()).document
        spans = [
            {"start": s.start, "end": s.end, "label": s.label, "text": document.surface(s), "score": 1.0}
            for s in document.spans
        ]
        plain = tmp_path / "plain" / file.name
        plain.parent.mkdir(exist_ok=True)
        plain.write_text(document.text)
        lines.append((file.stem, spans))
    pred = tmp_path / "r.jsonl"
    model = ["--model", str(tiny_model_dir)]
    assert main(["infer", *model, "--input", str(tmp_path / "plain"), "--output", str(pred), "--quiet"]) == 0
    records = [json.loads(line) for line in pred.read_text().splitlines()]
    for record, (id, spans) in zip(records, lines, strict=True):
        assert record["id"] == id
        record["spans"] = spans
    pred.write_text("".join(json.dumps(record) + "\n" for record in records))
    metrics = tmp_path / "metrics.json"
    assert main(["evaluate", "--gold", str(seeds), "--pred", str(pred), "--output", str(metrics)]) == 0
    scores = json.loads(metrics.read_text())
    assert (scores["precision"], scores["missing"]) == (1.0, ["0"])
    assert scores["recall"] == pytest.approx(5 / 6)
    assert "no record for 1 document" in capsys.readouterr().err
    (seeds / "1.txt").write_text("other text")
    assert main(["evaluate", "--gold", str(seeds), "--pred", str(pred)]) == 2
    assert "sha256 differs" in capsys.readouterr().err


TRAIN = ["train", "--use_cpu", "true", "--report_to", "none", "--max_length", "64", "--stride", "16"]
FIT = "train --output_dir {tmp}/out --dataset_dir {tmp}/dataset --max_length 64 --stride 16"
READ = "infer --input {tmp}/text.txt --output {tmp}/out.jsonl"
MISTAKES = {  # what was typed, and what is said
    "unclosed tag": (f"{FIT} --seed_dir {{tmp}}/bad", "a.txt:2:1: <params> is never closed"),
    "unknown key": ("train {tmp}/c.yaml", "c.yaml:1:1: unknown key 'learning_rat'; did you mean 'learning_rate'?"),
    "missing model": (f"{READ} --model {{tmp}}/nowhere", "nowhere: no such folder"),
    "missing encoder": (f"{FIT} --seed_dir {{seeds}} --model_name_or_path {{tmp}}/nowhere", "nowhere: no such folder"),
    "empty seed folder": (f"{FIT} --seed_dir {{tmp}}/none", "none: no seed file in it"),
    "missing seed folder": (f"{FIT} --seed_dir {{tmp}}/no", "no: no such file or folder"),
    "other labels": (
        f"{FIT} --seed_dir {{seeds}} --model_name_or_path {{model}} --labels params training gpu_count",
        "the model's labels are model, params, gpu_count, hardware, training, country, year; the configured ones are",
    ),
    "long windows": (
        f"{FIT} --seed_dir {{seeds}} --model_name_or_path {{encoder}} --max_length 500",
        "max_length is 500; the model takes at most 128 tokens",
    ),
    "stride": (f"{FIT} --seed_dir {{seeds}} --model_name_or_path {{encoder}} --stride 64", "stride is 64"),
    "no checkpoint": (
        f"{FIT} --seed_dir {{seeds}} --model_name_or_path {{encoder}} --resume_from_checkpoint true",
        "no checkpoint to go on from",
    ),
    "missing input": ("infer --model {model} --input no.txt --output {tmp}/out.jsonl", "no.txt: no such file"),
    "output type": ("infer --model {model} --input {tmp}/text.txt --output a.doc", "unknown type of output"),
    "missing option": ("infer --model {model}", "the following arguments are required: --input, --output"),
    "unknown command": ("guess", "unknown command 'guess'"),
    "unknown label": ("normalize energy", "invalid choice: 'energy'"),
    "device": (f"{READ} --model {{model}} --device toaster", "device 'toaster' is not to be had"),
    "batch size": (f"{READ} --model {{model}} --batch_size 0", "--batch_size: 0, expected 1 or more"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(
    name: str,
    seeds: Path,
    tmp_path: Path,
    tiny_model_dir: Path,
    tiny_encoder_dir: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "a.txt").write_text("ok\n<params>7B")
    (tmp_path / "none").mkdir()
    (tmp_path / "c.yaml").write_text("learning_rat: 1\n")
    (tmp_path / "text.txt").write_text("x")
    typed, message = MISTAKES[name]
    places = {"tmp": tmp_path, "seeds": seeds, "model": tiny_model_dir, "encoder": tiny_encoder_dir}
    assert main(typed.format(**places).split()) == 2
    err = capsys.readouterr().err
    assert message in err
    assert "Traceback" not in err
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob("out.jsonl*"))


@pytest.mark.slow
def test_train_on_the_command_line(seeds: Path, tmp_path: Path, tiny_encoder_dir: Path) -> None:
    out = ["--output_dir", str(tmp_path / "out"), "--dataset_dir", str(tmp_path / "dataset")]
    options = ["--seed_dir", str(seeds), "--num_train_epochs", "1"]
    assert main([*TRAIN, *out, *options, "--model_name_or_path", str(tiny_encoder_dir)]) == 0
    assert (tmp_path / "out" / "metrics.json").is_file()
    assert (tmp_path / "dataset" / "parquet" / "train.parquet").is_file()
