"""Folds and seeds: each document is held out once, never trained on where it is scored, and the scores add up."""

import json
import signal
import statistics
from pathlib import Path

import pytest

from runspan.base.documents import Document
from runspan.base.errors import RunspanError, StoppedError
from runspan.cli.main import main
from runspan.jobs.cross_validation import CrossValidationArguments
from runspan.jobs.folds import assign_folds, fold_datasets
from runspan.language.markup import parse
from runspan.modeling.dataset import build_dataset
from tests.conftest import REPOSITORY


def documents(count: int) -> list[Document]:
    others = [" ".join(f"word{i}x{j}" for j in range(20)) for i in range(count)]
    return [
        parse(f"Trained on <hardware>V100</hardware> in <year>{2000 + i}</year>. {other}.", id=f"d{i}").document
        for i, other in enumerate(others)
    ]


@pytest.mark.parametrize(("count", "folds", "sizes"), [(4, 4, [1, 1, 1, 1]), (10, 4, [2, 2, 3, 3]), (9, 3, [3, 3, 3])])
def test_each_document_is_held_out_once(count: int, folds: int, sizes: list[int]) -> None:
    found = list(fold_datasets(build_dataset(documents(count)), folds))
    assert sorted(len(one["test"]) for one in found) == sizes
    assert sorted(id for one in found for id in one["test"]["id"]) == sorted(d.id for d in documents(count))
    for one in found:
        assert len(one["validation"]) == 0
        assert set(one["train"]["id"]) | set(one["test"]["id"]) == {d.id for d in documents(count)}
        assert not set(one["train"]["id"]) & set(one["test"]["id"])


def test_near_duplicates_are_held_out_together() -> None:
    given = documents(6)
    twin = Document("twin", given[0].text + " More.", given[0].spans)
    folds = assign_folds([*given, twin], 3)
    assert folds["twin"] == folds["d0"]
    with pytest.raises(RunspanError, match="folds is 7; expected 2 to 6"):
        assign_folds([*given, twin], 7)


@pytest.mark.parametrize(("folds", "seeds"), [(1, None), (-2, None), (0, [3, 3])])
def test_what_can_not_be_asked_for(folds: int, seeds: list[int] | None) -> None:
    with pytest.raises(RunspanError, match=r"folds is|seeds are 3, 3"):
        CrossValidationArguments(folds, seeds)


@pytest.fixture
def command(tiny_encoder_dir: Path, tmp_path: Path) -> list[str]:
    """A short training on four tagged documents."""
    (tmp_path / "seeds").mkdir()
    for i in range(4):
        others = " ".join(f"word{i}x{j}" for j in range(20))
        text = f"Foo has <params>{i + 2}B parameters</params>, trained for <training>{i + 2} days</training>. {others}."
        (tmp_path / "seeds" / f"{i}.txt").write_text(text, encoding="utf-8")
    options = {
        "seed_dir": tmp_path / "seeds",
        "dataset_dir": tmp_path / "dataset",
        "output_dir": tmp_path / "folds",
        "model_name_or_path": tiny_encoder_dir,
        "max_length": 48,
        "stride": 8,
        "max_steps": 3,
        "use_cpu": "true",
    }
    return ["train", str(REPOSITORY / "configs" / "train.yaml"), *(f"--{k}={v}" for k, v in options.items())]


def test_four_documents_in_four_folds_with_two_seeds(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--folds", "4", "--seeds", "17", "18"]) == 0
    report = json.loads((tmp_path / "folds" / "cross_validation.json").read_text())
    assert [(one["seed"], one["fold"]) for one in report["trainings"]] == [
        (s, f) for s in (17, 18) for f in (1, 2, 3, 4)
    ]
    assert all(one["trained_on"] == 3 and len(one["held_out"]) == 1 for one in report["trainings"])
    assert report["pooled"]["support"] == 2 * 4 * 2
    assert report["mean"]["f1"] == round(statistics.fmean(one["f1"] for one in report["trainings"]), 4)
    assert report["spread"]["f1"] == round(statistics.stdev(one["f1"] for one in report["trainings"]), 4)
    assert {"params", "training"} <= set(report["per_label"])
    assert [path.name for path in (tmp_path / "folds").iterdir()] == ["cross_validation.json"]
    assert "4 folds, seed 17, 18" in capsys.readouterr().err
    assert main([*command, "--folds", "4"]) == 2
    assert "is there already" in capsys.readouterr().err


def test_seeds_alone_take_the_ordinary_splits(command: list[str], tmp_path: Path) -> None:
    assert main([*command, "--seeds", "1", "2"]) == 0
    report = json.loads((tmp_path / "folds" / "cross_validation.json").read_text())
    assert [(one["seed"], one["trained_on"], len(one["held_out"])) for one in report["trainings"]] == [
        (1, 2, 1),
        (2, 2, 1),
    ]


def test_where_a_model_lies_is_not_written(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "folds").mkdir()
    (tmp_path / "folds" / "metrics.json").write_text("{}")
    assert main([*command, "--folds", "2", "--overwrite_output_dir", "true"]) == 2
    assert (tmp_path / "folds" / "metrics.json").read_text() == "{}"


def test_a_stop_keeps_nothing_and_says_so(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: object) -> None:
        raise StoppedError(signal.SIGTERM, "stopped by SIGTERM")

    monkeypatch.setattr("runspan.jobs.cross_validation.train", stopped)
    assert main([*command, "--folds", "2"]) == 143
    said = capsys.readouterr().err
    assert "nothing is kept: repeat the command" in said
    assert "resume_from_checkpoint" not in said
    assert list((tmp_path / "folds").iterdir()) == []
