"""``infer.py --report``: the page of ``runspan report``, whatever the output is."""

import json
from pathlib import Path

import pytest

from runspan.cli.main import main
from tests.conftest import REPOSITORY

EXAMPLES = str(REPOSITORY / "data" / "examples")
PAGE = "<h1>Trained on 8 A100</h1><p>for 3 days in 2020</p>"


def infer(model: Path, *options: str) -> int:
    return main(["infer", "--model", str(model), *options])


@pytest.mark.parametrize("suffix", ["jsonl", "parquet", "csv"])
def test_the_same_page_for_every_output(
    tiny_model_dir: Path, tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    records, page = tmp_path / "r.jsonl", tmp_path / "report.html"
    assert infer(tiny_model_dir, "--input", EXAMPLES, "--output", str(records)) == 0
    assert main(["report", str(records), "--output", str(page)]) == 0
    output, made = tmp_path / f"out.{suffix}", tmp_path / "infer.html"
    assert infer(tiny_model_dir, "--input", EXAMPLES, "--output", str(output), "--report", str(made)) == 0
    assert f"6 documents → {made}" in capsys.readouterr().err.replace("\n", "")
    assert made.read_bytes() == page.read_bytes()
    assert suffix != "jsonl" or output.read_bytes() == records.read_bytes()
    assert {path.name for path in tmp_path.iterdir()} <= {"r.jsonl", "r.jsonl.lock", "report.html"} | {
        output.name,
        f"{output.name}.lock",
        "infer.html",
    }


def test_texts_of_sources_that_are_read(tiny_model_dir: Path, tmp_path: Path) -> None:
    """Extracted texts, and texts under a key of their own; an earlier page in the folder is no input."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").write_text(PAGE)
    (tmp_path / "in" / "b.jsonl").write_text(json.dumps({"body": "On 4 V100 in France"}) + "\n")
    page = tmp_path / "in" / "page.html"
    command = ["--input", str(tmp_path / "in"), "--text_column", "body", "--output", str(tmp_path / "r.csv")]
    for _ in range(2):
        assert infer(tiny_model_dir, *command, "--report", str(page)) == 0
        written = page.read_text(encoding="utf-8")
        assert '"text":"# Trained on 8 A100\\n\\nfor 3 days in 2020' in written
        assert '"text":"On 4 V100 in France"' in written
        assert 'id="document-2"' not in written


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--input", EXAMPLES, "--output", "-", "--report", "a.html"], "give an --output other than -"),
        (["--input", EXAMPLES, "--output", "r.csv", "--report", "a.txt"], "a.txt: expected a name that ends in .html"),
        (["--explain", EXAMPLES, "--report", "a.html"], "leave --input, --output and --report out"),
    ],
)
def test_mistakes(
    options: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert infer(tmp_path, *options) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
