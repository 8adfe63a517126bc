"""A model exported for ONNX Runtime: it stands alone, finds what the model finds, and the report says so."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from runspan.base.documents import Document
from runspan.cli.main import main
from runspan.jobs.prediction import Predictor
from runspan.modeling.dataset import build_dataset, save_dataset
from tests.jobs.tiny_training import corpus, run

TEXT = "Trained on 17 V100 in 2017, see 2005 papers and 17 more"


@pytest.fixture(scope="module")
def folders(tiny_encoder_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A tiny trained model, its dataset, and its export."""
    place = tmp_path_factory.mktemp("export")
    dataset = build_dataset(corpus())
    save_dataset(dataset, place / "dataset")
    run(dataset, tiny_encoder_dir, place / "model", num_train_epochs=40, learning_rate=1e-3)
    names = {name: str(place / name) for name in ("model", "dataset")}
    command = ["export", "--model", names["model"], "--dataset", names["dataset"]]
    assert main([*command, "--output", str(place / "exported" / "model.onnx")]) == 0
    return place / "model", place / "dataset", place / "exported"


def test_the_report_compares_each_form(folders: tuple[Path, Path, Path]) -> None:
    model, _, exported = folders
    report = json.loads((exported / "export.json").read_text())
    forms = report["forms"]
    assert list(forms) == ["torch fp32", "onnx fp32", "onnx int8"]
    assert forms["torch fp32"]["equal_spans"] == forms["onnx fp32"]["equal_spans"] == 1
    assert forms["torch fp32"]["f1"] == forms["onnx fp32"]["f1"] > 0.5
    assert forms["onnx int8"]["f1"] > forms["torch fp32"]["f1"] - 0.2
    assert all(form["tokens_per_second"] > 0 and form["megabytes"] > 0 for form in forms.values())
    assert forms["torch fp32"]["f1"] == json.loads((model / "metrics.json").read_text())["test"]["f1"]


@pytest.mark.parametrize(("name", "precision"), [("", "fp32"), ("model.onnx", "fp32"), ("int8.onnx", "int8")])
def test_it_is_read_by_folder_and_by_graph(folders: tuple[Path, Path, Path], name: str, precision: str) -> None:
    model, _, exported = folders
    predictor = Predictor.load(str(exported / name))
    assert (predictor.backend.name, predictor.backend.precision) == ("onnx", precision)
    expected = Predictor.load(str(model), "cpu", precision="fp32", backend="torch")
    assert (predictor.settings, predictor.confidence) == (expected.settings, expected.confidence)
    left, right = (p.predict_spans([Document("x", TEXT)])[0] for p in (predictor, expected))
    assert ("hardware", "V100") in [(s.label, left.surface(s)) for s in left.spans]
    if precision == "fp32":
        assert [(s.start, s.end, s.label) for s in left.spans] == [(s.start, s.end, s.label) for s in right.spans]


def test_int8_of_the_model_itself(folders: tuple[Path, Path, Path]) -> None:
    assert Predictor.load(str(folders[0]), precision="int8", backend="onnx").backend.precision == "int8"


def test_it_runs_without_the_model_libraries(folders: tuple[Path, Path, Path], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    arguments = ["infer", "--model", str(folders[2]), "--input", str(tmp_path / "a.txt"), "--output", "-", "--quiet"]
    code = (
        f"import sys; from runspan.cli.main import main; assert main({arguments!r}) == 0; "
        "assert not {'torch', 'transformers', 'datasets', 'openvino'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert '"hardware"' in done.stdout


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("{model}", "is the model's own folder"),
        ("{dataset}", "which no export writes"),
        ("{dataset}/../x.onnx", "the graphs are always called model.onnx and int8.onnx"),
        ("{model}/config.json", "is a file; expected a folder"),
    ],
)
def test_where_it_is_not_written(
    folders: tuple[Path, Path, Path], output: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    model, dataset, _ = folders
    place = output.format(model=model, dataset=dataset)
    assert main(["export", "--model", str(model), "--dataset", str(dataset), "--output", place]) == 2
    assert message in " ".join(capsys.readouterr().err.split())


def test_an_exported_model_is_for_one_engine(
    folders: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["infer", "--model", str(folders[2]), "--input", "data/examples", "--output", str(tmp_path / "r.jsonl")]
    assert main([*command, "--backend", "torch"]) == 2
    assert "is an exported model, for --backend onnx alone" in capsys.readouterr().err
