"""The learning curve of a tiny encoder: sizes nest, every size is scored on every set, table and figure are written."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from runspan.language.markup import write
from runspan.modeling.dataset import build_dataset
from tests.conftest import REPOSITORY
from tests.jobs.tiny_training import corpus


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(REPOSITORY / "benchmarks"))
    spec = importlib.util.spec_from_file_location("learning_curve", REPOSITORY / "benchmarks" / "learning_curve.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "learning_curve", module)
    spec.loader.exec_module(module)
    return module


def test_smaller_sizes_are_parts_of_larger_ones(script: ModuleType) -> None:
    dataset = build_dataset(corpus())
    there = len(dataset["train"])
    sizes = script.sizes(["all", "10", "20", "9999"], there)
    assert sizes == [10, 20, there]
    ids = [set(script.part(dataset, size)["train"]["id"]) for size in sizes]
    assert [len(one) for one in ids] == sizes
    assert ids[0] < ids[1] < ids[2]
    assert script.part(dataset, 10)["test"]["id"] == dataset["test"]["id"]


def test_each_size_is_scored_on_each_set(script: ModuleType, tiny_encoder_dir: Path, tmp_path: Path) -> None:
    for name, documents in (("seeds", corpus()[:40]), ("others", corpus()[40:])):
        (tmp_path / name).mkdir()
        for document in documents:
            (tmp_path / name / f"{document.id}.txt").write_text(write(document), encoding="utf-8")
    arguments = [str(REPOSITORY / "configs" / "train.yaml"), "--sizes", "10", "all", "--output", str(tmp_path / "out")]
    arguments += ["--evaluate", str(tmp_path / "others"), "--seed_dir", str(tmp_path / "seeds"), "--use_cpu", "true"]
    arguments += ["--model_name_or_path", str(tiny_encoder_dir), "--max_length", "48", "--stride", "8"]
    script.main([*arguments, "--max_steps", "2"])
    points = json.loads((tmp_path / "out" / "learning_curve.json").read_text())["points"]
    first, second = (one["size"] for one in points)
    assert first == 10 < second
    assert all(set(one["f1"]) == {"others", "test split"} and one["steps"] == 2 for one in points)
    assert (tmp_path / "out" / "learning_curve.svg").read_text().startswith("<?xml")


def test_the_table_says_the_range_over_seeds(script: ModuleType) -> None:
    points = [{"size": 10, "seed": i, "steps": 4, "f1": {"a": f1}} for i, f1 in enumerate((0.25, 0.75))]
    assert script.table_rows(points, ["a"]) == [[10, 4, "0.500 (0.250-0.750)"]]
