"""Configuration: shipped files parse, values are cast, unknown names point to the nearest."""

from pathlib import Path

import pytest
import yaml

from runspan.base.errors import RunspanError
from runspan.cli.arguments import parse_arguments
from runspan.jobs.arguments import DataArguments, ModelArguments, TrainingArguments
from tests.conftest import REPOSITORY

TYPES = (DataArguments, ModelArguments, TrainingArguments)


def parse(*argv: str) -> tuple[DataArguments, ModelArguments, TrainingArguments]:
    return parse_arguments([*argv, "--use_cpu", "true"], TYPES, "train.py")


@pytest.mark.parametrize("config", sorted((REPOSITORY / "configs").glob("*.yaml")), ids=lambda path: path.name)
def test_shipped_configs_parse(config: Path) -> None:
    data, model, training = parse(str(config))
    assert data.seed_dir == ["data/seeds"]
    written = yaml.load(config.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    assert model.attention_dropout == (float(written["attention_dropout"]) if "attention_dropout" in written else None)
    assert training.learning_rate == float(written["learning_rate"])


def config(tmp_path: Path, text: str) -> str:
    (tmp_path / "c.yaml").write_text(text, encoding="utf-8")
    return str(tmp_path / "c.yaml")


def test_scalars_are_cast_as_on_the_command_line(tmp_path: Path) -> None:
    file = config(
        tmp_path,
        "learning_rate: 1e-5\neval_strategy: no\nfreeze_embeddings: yes\nlabels: [year, model]\nmax_steps: 7\n"
        "head_learning_rate: null\nlr_scheduler_kwargs: {num_cycles: 2}\nmodel_name_or_path: -odd\n",
    )
    data, model, training = parse(file)
    assert training.learning_rate == 1e-5
    assert str(training.eval_strategy.value) == "no"
    assert model.freeze_embeddings is True
    assert model.model_name_or_path == "-odd"
    assert data.labels == ["year", "model"]
    assert training.max_steps == 7
    assert training.head_learning_rate is None
    assert training.lr_scheduler_kwargs == {"num_cycles": 2}


def test_the_command_line_wins(tmp_path: Path) -> None:
    *_, training = parse(config(tmp_path, "learning_rate: 1e-5"), "--learning_rate", "2e-4")
    assert training.learning_rate == 2e-4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("learning_rat: 1", r"c\.yaml:1:1: unknown key 'learning_rat'; did you mean 'learning_rate'\?"),
        ("seed: 1\nwarmup_ratio: 0.1", r"c\.yaml:2:1: unknown key 'warmup_ratio'"),
        ("seed: 1\nseed: 2", r"c\.yaml:2:1: key 'seed' stands twice"),
        ("- a", "found no mapping"),
        ("a: [", "no YAML"),
        ("learning_rate: fast", "invalid float value: 'fast'"),
        ("mixed_precision: bf17", "invalid choice: 'bf17'"),
        ("outside_weight: 0", "outside_weight is 0"),
        ("eval_strategy: sometimes", "sometimes"),
        ("load_best_model_at_end: maybe", "maybe"),
    ],
)
def test_faulty_configs(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(RunspanError, match=message):
        parse(config(tmp_path, text))


def test_unknown_argument() -> None:
    with pytest.raises(RunspanError, match=r"unknown argument '--learnin_rate'; did you mean 'learning_rate'\?"):
        parse("--learnin_rate", "1")


def test_no_such_config() -> None:
    with pytest.raises(RunspanError, match=r"nowhere\.yaml: can't be read"):
        parse("nowhere.yaml")
