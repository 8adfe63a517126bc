"""Commands as a user types them: results, exit codes, one clear message and nothing half-written for a mistake."""

import io
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from runspan.base.documents import Document, Span
from runspan.base.labels import LABELS
from runspan.base.records import Record
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
    monkeypatch.setattr(sys, "stdin", io.StringIO("34 billion parameters\nsome\n1.9 mil-\\nlion\n"))
    assert main(["normalize", "params"]) == 0
    values = [json.loads(line)["value"] for line in capsys.readouterr().out.splitlines()]
    assert values == [34_000_000_000, None, 1_900_000]


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


def test_unsure_fields_are_left_out_and_counted(tiny_model_dir: Path, tmp_path: Path) -> None:
    records = []
    for least in ("0", "1"):
        output = tmp_path / f"{least}.jsonl"
        examples = str(REPOSITORY / "data" / "examples" / "blog_post.txt")
        options = ["--model", str(tiny_model_dir), "--input", examples, "--output", str(output)]
        assert main(["infer", *options, "--min_confidence", least]) == 0
        records.append(json.loads(output.read_text()))
    everything, nothing = records
    assert everything["runs"]
    assert everything["spans"] == nothing["spans"]
    assert nothing["runs"] == []
    assert nothing["unassigned"] == list(range(len(nothing["spans"])))
    assert any("left out: confidence below 1" in warning for warning in nothing["warnings"])


def test_explain(tiny_model_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = REPOSITORY / "data" / "examples" / "blog_post.txt"
    assert main(["infer", "--model", str(tiny_model_dir), "--explain", str(example)]) == 0
    printed = capsys.readouterr().out
    titles = ("Windows", "Spans as decoded", "Boundaries", "Exclusions", "Completion", "Mentions", "Confidence")
    for title in (*titles, "Values", "Runs", "Why each span went where it is", "Warnings"):
        assert f"\n{title}" in printed
    assert printed.startswith(f"blog_post: {len(example.read_bytes().decode())} characters")
    assert "tags taken of 0–" in printed
    assert "grouped with" in printed


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--explain a.txt --input a.txt", "leave --input, --output and --report out"),
        ("--input a.txt", "--input and --output are required, or --explain"),
        ("--explain nowhere.txt", "nowhere.txt: no such file"),
        ("--explain two.jsonl", "expected one document to explain, found 2"),
        ("--explain none.jsonl", "expected one document to explain, found none"),
    ],
)
def test_explain_one_document(
    options: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two.jsonl").write_text('{"id": "a", "text": "x"}\n{"id": "b", "text": "y"}\n')
    (tmp_path / "none.jsonl").write_text("")
    assert main(["infer", "--model", "m", *options.split()]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("least", ["1.5", "-0.1", "nan", "much"])
def test_a_confidence_is_a_share(least: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["infer", "--model", "m", "--input", "a", "--output", "b", f"--min_confidence={least}"]) == 2
    assert "--min_confidence" in capsys.readouterr().err


def test_infer_with_a_bad_document_exits_with_1(tiny_model_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "fine"}\n{\n{"text": "fine too"}\n')
    output = tmp_path / "r.jsonl"
    arguments = ["--model", str(tiny_model_dir), "--input", str(tmp_path / "a.jsonl"), "--output", str(output)]
    assert main(["infer", *arguments]) == 1
    records = [json.loads(line) for line in output.read_text().splitlines()]
    assert [record["error"] is None for record in records] == [True, False, True]


def test_infer_to_stdout(tiny_model_dir: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (tmp_path / "a.txt").write_text("x")
    assert (
        main(["infer", "--model", str(tiny_model_dir), "--input", str(tmp_path), "--output", "-", "--world_average"])
        == 0
    )
    (line,) = capfdbinary.readouterr().out.splitlines()
    assert json.loads(line)["id"] == "a"


def records_of(seeds: Path, tmp_path: Path) -> Path:
    """Records of all seeds but the first, whose spans are the tagged ones."""
    file = tmp_path / "r.jsonl"
    documents = [parse(seed.read_text(), seed.stem).document for seed in sorted(seeds.iterdir())[1:]]
    records = [Record(replace(d, spans=tuple(replace(s, score=1.0) for s in d.spans)), LABELS) for d in documents]
    file.write_text("".join(json.dumps(record.as_dict()) + "\n" for record in records), encoding="utf-8")
    return file


def test_evaluate_spans(seeds: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pred, metrics, errors = records_of(seeds, tmp_path), tmp_path / "metrics.json", tmp_path / "errors.md"
    arguments = ["--gold", str(seeds), "--pred", str(pred)]
    diagrams = [tmp_path / name for name in ("one.svg", "again.svg")]
    for diagram in diagrams:
        written = ["--output", str(metrics), "--errors", str(errors), "--reliability", str(diagram)]
        assert main(["evaluate", *arguments, *written]) == 0
    assert diagrams[0].read_text().startswith("<?xml")
    assert diagrams[0].read_bytes() == diagrams[1].read_bytes()
    assert 0 <= json.loads(metrics.read_text())["calibration"]["expected_calibration_error"] <= 1
    scores = json.loads(metrics.read_text())
    assert (scores["precision"], scores["missing"], scores["approximators"]) == (1.0, ["0"], "strict")
    assert scores["recall"] == scores["partial"]["recall"] == pytest.approx(5 / 6)
    assert scores["per_label"]["params"]["f1"] == pytest.approx(10 / 11)
    low, high = scores["f1_interval"]
    assert low < 10 / 11 <= high
    assert (scores["bootstrap"]["resamples"], "fields" in scores) == (1000, False)
    assert "## Missed (3)" in errors.read_text()
    printed = capsys.readouterr()
    assert "no record for 1 tagged document(s): 0" in printed.err
    assert "3 wrong spans" in printed.err
    assert "Strict span scores" in printed.out
    assert "Partial span scores" in printed.out
    (seeds / "1.txt").write_text("other text")
    assert main(["evaluate", *arguments]) == 2
    assert "sha256 differs" in capsys.readouterr().err


@pytest.mark.parametrize(("approximators", "correct"), [("strict", 0), ("either", 1)])
def test_evaluate_approximators(approximators: str, correct: int, tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text("Took <training>about 3 days</training>.")
    predicted = Document("a", "Took about 3 days.", (Span(11, 17, "training", 0.9),))
    (tmp_path / "r.jsonl").write_text(json.dumps(Record(predicted, LABELS).as_dict()))
    places = ["--gold", str(tmp_path / "seeds"), "--pred", str(tmp_path / "r.jsonl"), "--output", str(tmp_path / "m")]
    assert main(["evaluate", *places, "--approximators", approximators]) == 0
    scores = json.loads((tmp_path / "m").read_text())
    assert (scores["correct"], scores["partial"]["correct"]) == (correct, 1)


def test_evaluate_fields(seeds: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pred = records_of(seeds, tmp_path)
    records = [json.loads(line) for line in pred.read_text().splitlines()]
    for record in records:
        record["runs"] = [{"gpu_count": {"value": 8}, "country": [{"value": "FR"}]}]
    pred.write_text("".join(json.dumps(record) + "\n" for record in records))
    truth, metrics = tmp_path / "truth.jsonl", tmp_path / "metrics.json"
    nothing = dict.fromkeys(("year", "hardware", "training_hours", "parameter_count"))
    rows = [{"id": str(i), "gpu_count": 8.0, "country": ["France", "Germany"], **nothing} for i in range(6)]
    truth.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert main(["evaluate", "--pred", str(pred), "--fields", str(truth), "--output", str(metrics)]) == 0
    scores = json.loads(metrics.read_text())
    assert set(scores) == {"fields", "bootstrap"}
    strict, soft = scores["fields"]["strict"], scores["fields"]["soft"]
    assert strict["per_field"]["gpu_count"]["f1"] == pytest.approx(10 / 11)
    assert (strict["per_field"]["country"]["f1"], soft["per_field"]["country"]["precision"]) == (0.0, 1.0)
    assert strict["macro_f1"] == pytest.approx(10 / 11 / 6)
    assert scores["fields"]["missing"] == ["0"]
    printed = capsys.readouterr()
    assert "no record for 1 document(s) with true fields: 0" in printed.err
    assert "Soft field scores" in printed.out
    assert "macro" in printed.out
    assert main(["evaluate", "--pred", str(pred), "--fields", str(truth), "--gold", str(seeds)]) == 0


def test_evaluate_runs(seeds: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    two = '<params run="1">7B</params> and <params run="2">13B</params> on <gpu_count run="*">8</gpu_count> GPUs.'
    (seeds / "0.txt").write_text(two)
    (seeds / "1.txt").write_text("Nothing.")
    metrics = tmp_path / "metrics.json"
    truth = ["--records", str(seeds), "--output", str(metrics)]
    assert main(["evaluate", "--pred", str(records_of(seeds, tmp_path)), *truth]) == 0
    found_none = json.loads(metrics.read_text())["records"]
    assert (found_none["runs"]["true"], found_none["runs"]["missing"], found_none["missing"]) == (6, 6, ["0"])
    assert main(["evaluate", "--from_gold_spans", "--gold", str(seeds), *truth]) == 0
    scores = json.loads(metrics.read_text())
    assert set(scores) == {"records", "bootstrap"}
    assert (scores["records"]["slots"]["support"], scores["records"]["missing"]) == (16, [])
    assert scores["records"]["slots"]["per_field"]["training"]["f1"] == 1.0
    assert scores["records"]["several_runs"]["documents"] == 1
    printed = capsys.readouterr()
    assert "no record for 1 document(s) with true runs: 0" in printed.err
    assert "in documents with several" in printed.out
    assert "exact runs" in printed.out


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
    "missing option": ("infer --model {model}", "--input and --output are required, or --explain"),
    "unknown command": ("guess", "unknown command 'guess'"),
    "unknown label": ("normalize energy", "invalid choice: 'energy'"),
    "device": (f"{READ} --model {{model}} --device toaster", "device 'toaster' is not to be had"),
    "nothing to evaluate against": ("evaluate --pred {tmp}/text.txt", "give --gold, --records, --fields, or several"),
    "errors without gold": ("evaluate --pred r.jsonl --fields t.jsonl --errors e.md", "need --pred and --gold"),
    "approximators without gold": ("evaluate --pred r --fields t --approximators either", "need --pred and --gold"),
    "approximators": ("evaluate --pred r --gold {seeds} --approximators any", "invalid choice: 'any'"),
    "nothing predicted": ("evaluate --gold {seeds}", "one of the arguments --pred --from_gold_spans is required"),
    "predicted twice": ("evaluate --pred r --from_gold_spans --gold {seeds}", "not allowed with argument"),
    "gold spans of nothing": ("evaluate --from_gold_spans --records {seeds}", "--from_gold_spans needs --gold"),
    "gold spans against nothing": ("evaluate --from_gold_spans --gold {seeds}", "and --records or --fields"),
    "errors of gold spans": (
        "evaluate --from_gold_spans --gold {seeds} --records {seeds} --errors e.md",
        "need --pred and --gold",
    ),
    "true records": ("evaluate --pred {tmp}/records.jsonl --records {tmp}/c.jsonl", "c.jsonl: can't be read"),
    "true fields": ("evaluate --pred {tmp}/records.jsonl --fields {tmp}/text.txt", "text.txt:1: no JSON"),
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
    (tmp_path / "records.jsonl").write_text("")
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
