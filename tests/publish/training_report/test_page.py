"""The report of a training: what it says, the same bytes for the same training, compared with an earlier one."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from runspan.base.documents import Document, Span
from runspan.base.errors import RunspanError
from runspan.cli.main import main
from runspan.jobs.comparison import Comparison
from runspan.jobs.corpus_statistics import describe_corpus
from runspan.jobs.evaluation import score_documents
from runspan.jobs.training_report import TrainingReport
from runspan.modeling.dataset import build_dataset
from runspan.publish.hub.staging import OPTIONAL
from runspan.publish.training_report.earlier_run import find_overwritten, read_run
from runspan.publish.training_report.page import write_training_report

LABELS = ("model", "gpu_count", "year")
TAGGED = Document("a|b", "Foo on 8 GPUs in 2020", (Span(0, 3, "model"), Span(7, 8, "gpu_count"), Span(17, 21, "year")))
FOUND = (Span(0, 3, "model", 0.9), Span(7, 8, "year", 0.8))
RUINED = ["--learning_rate", "1e30", "--max_grad_norm", "0", "--max_steps", "8", "--mixed_precision", "no"]
FIGURES = ["report_confusion.svg", "report_curves.svg", "report_lengths.svg"]


def training(folder: Path, found: Sequence[Span] = FOUND, **arguments: Any) -> TrainingReport:
    """What a training leaves, made by hand."""
    folder.mkdir()
    predicted = Document(TAGGED.id, TAGGED.text, tuple(found))
    calibration = {what: {"expected_calibration_error": 0.25} for what in ("spans", "fields")}
    metrics = {
        **{split: score_documents([TAGGED], [predicted]) for split in ("validation", "test")},
        "calibration": {"before": calibration, "after": calibration},
        "documents": {"train": 4, "validation": 1, "test": 1},
        **{"train_loss": 0.5, "steps": 2, "epochs": 1.0, "train_seconds": 3.0, "seconds": 5.0},
    }
    (folder / "metrics.json").write_text(json.dumps(metrics))
    config = {
        "arguments": {"seed": 1, "output_dir": str(folder)} | arguments,
        "data_sha256": "d",
        "versions": {"a": "1"},
    }
    (folder / "run_config.yaml").write_text(yaml.safe_dump(config))
    log = [{"step": 1, "loss": 1.0, "learning_rate": 0.1}, {"step": 2, "eval_f1": 0.5}, {"step": 2, "train_loss": 0.5}]
    (folder / "training_curve.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in log))
    return TrainingReport(metrics, [Comparison(TAGGED, predicted.spans)], [10, 20, 64])


def write(folder: Path, report: TrainingReport, earlier: Path | None = None) -> str:
    texts = [f"{i} " + " ".join(f"word{i}x{j}" for j in range(40)) for i in range(6)]
    documents = [Document(f"d{i}", text, (Span(0, 1, "gpu_count"),)) for i, text in enumerate(texts)]
    corpus = describe_corpus(build_dataset(documents, LABELS))
    write_training_report(folder, report, corpus, LABELS, read_run(earlier) if earlier else None)
    return (folder / "report.md").read_text()


def test_what_it_says(tmp_path: Path) -> None:
    page = write(tmp_path / "m", training(tmp_path / "m"))
    rows = {cells[0]: cells[1:] for cells in (re.split(r" *\| *", line)[1:-1] for line in page.splitlines()) if cells}
    assert rows["all"][:3] == ["0.500", "0.333", "0.400"]
    assert rows["spurious"] == ["0", "0", "0", "0"]
    assert "| gpu_count | 0 | 0 | 1 | 0 |" in page  # taken for a year
    assert "| year | 0 | 0 | 0 | 1 |" in page  # missed
    assert "- missed: 1" in page
    assert "- wrong label: 1" in page
    surest = "| 0.800 | wrong label | a\\|b | gpu\\_count 7–8 | year 7–8 | Foo on ⟦⟨8⟩⟧ GPUs in 2020 |"
    assert surest in page
    assert "a\\|b" in (tmp_path / "m" / "report_errors.md").read_text()
    assert "in 3 windows of at most 64 tokens" in page
    assert sum(int(cell) for cell in rows["documents"]) == 6
    for link in re.findall(r"\]\(([^)]+)\)", page):
        assert (tmp_path / "m" / link).is_file() or link == "reliability.svg"


def test_the_same_training_gives_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for name in ("a", "b"):
        write(tmp_path / name, training(tmp_path / name))
        written.append([(tmp_path / name / file).read_bytes() for file in ("report.md", "report_errors.md", *FIGURES)])
    assert written[0] == written[1]


def test_compared_with_an_earlier_training(tmp_path: Path) -> None:
    training(tmp_path / "before", TAGGED.spans, learning_rate=1.0, seed=1)
    page = write(tmp_path / "now", training(tmp_path / "now", learning_rate=2.0), tmp_path / "before")
    assert "| model | 1.000 | 1.000 | +0.000 |" in page
    assert "| all | 1.000 | 0.400 | -0.600 |" in page
    differing = page.partition("| what differs |")[2].splitlines()[2:]
    assert differing == ["| learning\\_rate | 1.0 | 2.0 |"]
    assert "are others" not in page


@pytest.mark.parametrize("content", ["", "{}", '{"test": []}'])
def test_an_earlier_training_that_is_broken(tmp_path: Path, content: str) -> None:
    training(tmp_path / "m")
    (tmp_path / "m" / "metrics.json").write_text(content)
    with pytest.raises(RunspanError, match=r"expected the model folder|is not as train\.py writes it"):
        read_run(tmp_path / "m")
    assert find_overwritten(tmp_path / "m") is None


def test_a_training_writes_it_and_clears_its_own(tmp_path: Path, tiny_encoder_dir: Path) -> None:
    (tmp_path / "seeds").mkdir()
    for i in range(6):
        words = " ".join(f"word{i}x{j}" for j in range(40))
        (tmp_path / "seeds" / f"{i}.txt").write_text(f"On <gpu_count>{i + 2}</gpu_count> GPUs {words}")
    places = {"output_dir": "out", "dataset_dir": "dataset", "seed_dir": "seeds"}
    command = ["train", *(part for name, place in places.items() for part in (f"--{name}", str(tmp_path / place)))]
    command += ["--max_length", "64", "--stride", "16", "--use_cpu", "true", "--report_to", "none", "--max_steps", "1"]
    command += ["--model_name_or_path", str(tiny_encoder_dir), "--save_strategy", "no"]
    assert main(command) == 0
    assert "With none:" in (tmp_path / "out" / "report.md").read_text()
    before = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"report.md", "report_errors.md", "reliability.svg", *FIGURES} <= before
    assert main([*command, "--overwrite_output_dir", "true", "--seed", "5"]) == 0
    page = (tmp_path / "out" / "report.md").read_text()
    assert "| seed | 42 | 5 |" in page
    assert {path.name for path in (tmp_path / "out").iterdir()} == before
    for path in (tmp_path / "out").glob("report*"):
        path.write_text("left")
    assert main([*command, "--overwrite_output_dir", "true", *RUINED]) == 2
    assert not list((tmp_path / "out").glob("report*"))
    assert main([*command, "--overwrite_output_dir", "true", "--compare_with", str(tmp_path / "seeds")]) == 2


def test_what_quotes_documents_is_not_published() -> None:
    assert not [name for name in OPTIONAL if name.startswith("report")]
