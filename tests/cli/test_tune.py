"""Tuning: ranges are read with care, a study goes on where it was, and its best recipe trains."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from runspan.base.errors import RunspanError
from runspan.cli.arguments import parse_arguments
from runspan.cli.main import main
from runspan.jobs.arguments import DataArguments, ModelArguments, TrainingArguments
from runspan.jobs.loss import DivergedError
from runspan.jobs.tuning_ranges import read_range, read_ranges
from runspan.language.markup import write
from tests.conftest import REPOSITORY
from tests.jobs.tiny_training import corpus


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected `log LOW HIGH`"),
        ("3e-4", "expected `log LOW HIGH`"),
        ("log 1", "expected `log LOW HIGH`"),
        ("int 0.5 2", "expected `log LOW HIGH`"),
        ("choice", "expected `log LOW HIGH`"),
        ("uniform 2 1", "expected a lowest number and a higher one"),
        ("log 0 1", "expected a lowest number above 0"),
    ],
)
def test_what_is_no_range(text: str, message: str) -> None:
    with pytest.raises(RunspanError, match=message):
        read_range("x", text)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "found no ranges"),
        ("- a", "found no ranges"),
        ("a: [", "can't be read"),
        ("learning_rat: log 1 2", "learning_rat is no argument"),
        ("seed: log 1", "ranges.yaml: seed is 'log 1'"),
    ],
)
def test_what_is_no_file_of_ranges(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "ranges.yaml").write_text(content)
    with pytest.raises(RunspanError, match=message):
        read_ranges(tmp_path / "ranges.yaml", ["learning_rate", "seed"])


@pytest.fixture
def command(tiny_encoder_dir: Path, tmp_path: Path) -> list[str]:
    (tmp_path / "seeds").mkdir()
    for document in corpus():
        (tmp_path / "seeds" / f"{document.id}.txt").write_text(write(document), encoding="utf-8")
    options = {
        "ranges": tmp_path / "ranges.yaml",
        "output": tmp_path / "tune",
        "seed_dir": tmp_path / "seeds",
        "dataset_dir": tmp_path / "dataset",
        "model_name_or_path": tiny_encoder_dir,
        "max_length": 48,
        "stride": 8,
        "max_steps": 2,
        "use_cpu": "true",
    }
    (tmp_path / "ranges.yaml").write_text(
        "learning_rate: log 1e-4 1e-2\nfreeze_layers: int 0 2\nnoise_rate: choice 0.0 0.5\n"
    )
    return ["tune", str(REPOSITORY / "configs" / "train.yaml"), *(f"--{k}={v}" for k, v in options.items())]


def test_a_study_goes_on_and_its_best_recipe_is_one(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--trials", "2"]) == 0
    assert "Best of 2 trials" in capsys.readouterr().err
    assert main([*command, "--trials", "3"]) == 0
    assert "Best of 3 trials" in capsys.readouterr().err
    assert sorted(path.name for path in (tmp_path / "tune").iterdir()) == ["best.yaml", "study.db"]
    best = yaml.safe_load((tmp_path / "tune" / "best.yaml").read_text())
    assert 1e-4 <= float(best["learning_rate"]) <= 1e-2
    types = (DataArguments, ModelArguments, TrainingArguments)
    _, model_args, training_args = parse_arguments([str(tmp_path / "tune" / "best.yaml")], types, "train.py")
    assert training_args.learning_rate == float(best["learning_rate"])
    assert model_args.freeze_layers == int(best["freeze_layers"])
    assert main([*command, "--trials", "3", "--max_grad_norm", "2"]) == 2
    assert "is a study with another max_grad_norm" in capsys.readouterr().err


def test_a_recipe_without_evaluations(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    others = ["--eval_strategy", "no", "--save_strategy", "no", "--load_best_model_at_end", "false"]
    assert main([*command, *others]) == 2
    assert "eval_strategy is no" in capsys.readouterr().err


def test_the_shipped_ranges_are_of_arguments() -> None:
    file = REPOSITORY / "configs" / "tune" / "ranges.yaml"
    known = [*DataArguments.__dataclass_fields__, *ModelArguments.__dataclass_fields__]
    known += [*TrainingArguments.__dataclass_fields__]
    assert len(read_ranges(file, known)) > 5


def test_hopeless_trials_end_early() -> None:
    import optuna

    from runspan.jobs.tuning import Pruning

    class State:
        global_step = 2

    study = optuna.create_study(direction="maximize", pruner=optuna.pruners.MedianPruner(n_startup_trials=1))
    first = study.ask()
    first.report(0.9, 2)
    study.tell(first, 0.9)
    Pruning(study.ask()).on_evaluate(None, State(), None, {"eval_f1": 0.95})
    with pytest.raises(optuna.TrialPruned):
        Pruning(study.ask()).on_evaluate(None, State(), None, {"eval_f1": 0.1})


def test_values_that_lead_nowhere_end_a_trial_alone(tmp_path: Path) -> None:
    from runspan.jobs.tuning import tune

    scores = iter([0.5, DivergedError("loss is nan"), 0.25])

    def objective(values: Mapping[str, Any], callback: Any) -> float:
        score = next(scores)
        if isinstance(score, Exception):
            raise score
        return score

    study = tune(tmp_path, [read_range("learning_rate", "log 1e-4 1e-2")], 3, {}, 0, objective)
    assert [trial.value for trial in study.trials if trial.state.name == "COMPLETE"] == [0.5, 0.25]
    assert study.best_value == 0.5
    rates = [trial.params["learning_rate"] for trial in study.trials]
    assert len(set(rates)) == 3


def test_a_trial_that_was_interrupted_is_not_counted(tmp_path: Path) -> None:
    from runspan.jobs.tuning import tune

    def interrupted(values: Mapping[str, Any], callback: Any) -> float:
        raise KeyboardInterrupt

    ranges = [read_range("learning_rate", "log 1e-4 1e-2")]
    with pytest.raises(KeyboardInterrupt):
        tune(tmp_path, ranges, 2, {}, 0, interrupted)
    study = tune(tmp_path, ranges, 2, {}, 0, lambda values, callback: 0.5)
    assert [trial.state.name for trial in study.trials] == ["FAIL", "COMPLETE", "COMPLETE"]
