"""What the documents show is true: examples of tagging pass the check, records have the keys, the tutorial runs."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runspan.cli.main import main
from runspan.language.conventions import find_faults, find_warnings
from runspan.language.markup import parse
from runspan.publish.rows import columns
from tests.conftest import REPOSITORY
from tests.publish.review_records import ONE_RUN, example
from tests.test_repository import as_runspan, commands

DOCS = REPOSITORY / "docs"
TUTORIAL = DOCS / "tutorial.md"
QUICK = shlex.split(
    "--use_cpu true --max_steps 2 --max_length 64 --stride 16 --report_to none --logging_steps 1 --save_strategy no "
    "--eval_strategy no --load_best_model_at_end false --freeze_embeddings false --attn_implementation eager"
)


def blocks(file: Path, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", file.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def seeds_of_tutorial() -> dict[str, str]:
    found = re.findall(r"^```text (my_seeds/\S+)\n(.*?)^```", TUTORIAL.read_text(encoding="utf-8"), re.M | re.S)
    return dict(found)


SEEDS = [*blocks(DOCS / "annotation_conventions.md", "text seed"), *seeds_of_tutorial().values()]


@pytest.mark.parametrize("seed", SEEDS)
def test_examples_of_tagging_pass_the_check(seed: str) -> None:
    parsed = parse(seed, "example.txt")
    assert not parsed.faults
    assert parsed.document.spans
    assert [*find_faults(parsed.document), *find_warnings(parsed.document)] == []


def test_there_are_examples() -> None:
    assert len(SEEDS) == 10


def keys(value: Any) -> Iterator[str]:
    """Keys of an object and of all within, but for what is named by labels, estimates and assumptions."""
    if isinstance(value, list):
        for item in value:
            yield from keys(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            if name != "assumptions":
                yield from keys(item)


def test_every_key_of_a_record_is_told() -> None:
    told = set(re.findall(r"`(\w+)`", (DOCS / "records.md").read_text(encoding="utf-8")))
    record = example("a", ONE_RUN).record
    assert set(keys(record)) - {"model"} <= told
    assert {"doc_id", "run", "params", "params_text", "params_start", "params_end", "params_score"} <= set(
        columns(["params"])
    )
    for block in blocks(DOCS / "records.md", "json"):
        assert set(json.loads(block)) == set(record["runs"][0]["training"])


@pytest.mark.slow
def test_the_tutorial_runs(
    tmp_path: Path, tiny_encoder_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("configs", "data/examples"):
        (tmp_path / folder).parent.mkdir(exist_ok=True)
        (tmp_path / folder).symlink_to(REPOSITORY / folder)
    (tmp_path / "data" / "seeds").symlink_to(REPOSITORY / "data" / "seeds" / "articles")
    (tmp_path / "my_seeds").mkdir()
    for name, text in seeds_of_tutorial().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = []
    for line in commands(TUTORIAL):
        name, *arguments = as_runspan(line)
        quick = [*QUICK, "--model_name_or_path", str(tiny_encoder_dir)] if name == "train" else []
        assert main([name, *arguments, *quick]) == 0, capsys.readouterr().err
        done.append(name)
    assert done == ["check", "train", "infer", "show", "push"]
    assert (tmp_path / "build" / "mine" / "report.md").is_file()
    assert len((tmp_path / "build" / "mine.jsonl").read_text().splitlines()) == 6
    assert (tmp_path / "build" / "mine.html").stat().st_size > 10_000
