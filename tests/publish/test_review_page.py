"""The review page as a file: whole, self-contained, and no text that breaks out of it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from runspan.base.errors import RunspanError
from runspan.base.records import text_sha256
from runspan.cli.main import main
from runspan.language.readers.inputs import Inputs
from runspan.publish.find_texts import find_texts
from runspan.publish.review_page.embedding import content_hash, embedded_json
from runspan.publish.review_page.page import ReviewPageWriter
from tests.publish.review_records import HOSTILE, ONE_RUN, TWO_RUNS, Example, example, failed, write_records

EXAMPLES = [example("a/one", HOSTILE + ONE_RUN), example("two", TWO_RUNS), example("none", HOSTILE), failed("c")]


def write(file: Path, examples: list[Example]) -> str:
    with ReviewPageWriter(file) as page:
        for one in examples:
            page.write(one.record, one.text)
    return file.read_bytes().decode("utf-8")


def data(page: str, name: str) -> Any:
    (found,) = re.findall(f'<script type="application/json" id="{name}">(.*?)</script>', page, re.DOTALL)
    return json.loads(found)


def test_documents_are_kept_exactly(tmp_path: Path) -> None:
    page = write(tmp_path / "new" / "page.html", EXAMPLES)
    assert data(page, "document-3")["text"] is None  # the failed one
    for i, one in enumerate(EXAMPLES[:3]):
        entry = data(page, f"document-{i}")
        assert entry["text"] == one.text
        found = [{"text": one.text[start:end], "label": label} for start, end, label, _ in entry["spans"]]
        assert found == [{"text": span["text"], "label": span["label"]} for span in one.record["spans"]]


def test_a_row_a_run(tmp_path: Path) -> None:
    index = data(write(tmp_path / "page.html", EXAMPLES), "index")
    assert [(row["document"], row["run"]) for row in index["rows"]] == [(0, 1), (1, 1), (1, 2), (2, None), (3, None)]
    first = index["rows"][0]
    assert first["cells"]["params"]["shown"] == "34,000,000,000"
    assert first["cells"]["country"]["values"] == ["FR"]
    assert first["cells"]["hardware"]["text"] == "NVIDIA A100 80GB GPUs"
    assert set(first["estimates"]) == {"accelerator_hours", "energy_kwh", "co2e_kg", "training_flop"}
    assert [document["error"] for document in index["documents"]] == [None, None, None, "c.txt: broken"]


def test_only_the_page_itself_runs(tmp_path: Path) -> None:
    page = write(tmp_path / "page.html", EXAMPLES)
    scripts = re.findall(r"<script(?: [^>]*)?>", page)
    names = [*(f"document-{i}" for i in range(len(EXAMPLES))), "index"]
    assert scripts == [*(f'<script type="application/json" id="{name}">' for name in names), "<script>"]
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert f"default-src 'none'; script-src '{content_hash(script)}'; style-src '{content_hash(style)}';" in policy
    assert not re.search(r"(src|href)=[\"']?(https?:|//)|@import|url\(", page.replace(HOSTILE, ""))
    assert "{{" not in page.split("<body>")[0]


@pytest.mark.parametrize("text", [HOSTILE, "\ud800 \udfff", "</SCRIPT>", "<!--<script>", "\x00\r\n\t\\\"'", "𝔘\u2028"])
def test_embedded_json(text: str) -> None:
    written = embedded_json([text])
    assert not re.search("[<\u2028\u2029\ud800-\udfff]", written)
    (read,) = json.loads(written)
    assert len(read) == len(text)
    assert read == re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", text)


def test_spans_that_no_seed_file_can_hold_are_named(tmp_path: Path) -> None:
    one = example("a", "in <year>March 2024</year> and June <year>2025</year>")
    faults = data(write(tmp_path / "page.html", [one]), "document-0")["faults"]
    assert list(faults) == ["0"]
    assert "expected the four digits of a year" in faults["0"]


def test_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records = write_records(tmp_path / "r.jsonl", EXAMPLES)
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "moved.txt").write_bytes(EXAMPLES[0].text.encode())
    page = tmp_path / "page.html"
    assert main(["report", str(records), "--output", str(page), "--texts", str(texts)]) == 0
    assert "2 of 4 texts were not found" in capsys.readouterr().err
    written = page.read_text(encoding="utf-8")
    assert data(written, "document-0")["text"] == EXAMPLES[0].text
    missing = data(written, "document-1")
    assert missing["text"] is None
    assert missing["surfaces"][:2] == ["Bar-7B", "7B"]


def test_texts_come_from_sources_that_are_still_the_same(tmp_path: Path) -> None:
    texts = {"a.txt": "first \ud83e", "b.txt": "second", "c.txt": "third"}
    (tmp_path / "lines.jsonl").write_text(json.dumps({"text": texts["a.txt"]}) + "\n")
    (tmp_path / "b.txt").write_text(texts["b.txt"])
    (tmp_path / "c.txt").write_text("another by now")
    sources = {"lines.jsonl:1": texts["a.txt"], "b.txt": texts["b.txt"], "c.txt": texts["c.txt"], "gone.txt": "gone"}
    records = [
        {"source": str(tmp_path / source), "sha256": text_sha256(text), "error": None}
        for source, text in sources.items()
    ]
    assert sorted(find_texts(records, Inputs(())).values()) == ["first \ud83e", "second"]


MISTAKES = [
    (["r.jsonl", "--output", "page.pdf"], "expected a name that ends in .html"),
    (["none.jsonl", "--output", "page.html"], "can't be read"),
    (["r.jsonl", "--output", "page.html", "--texts", "nowhere"], "no such file or folder"),
    (["odd.jsonl", "--output", "page.html"], "the record 'a' is not as infer.py writes it"),
    (["r.jsonl", "--output", "r.jsonl/page.html"], "can't be written"),
]


@pytest.mark.parametrize(("arguments", "message"), MISTAKES)
def test_mistakes(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    write_records(tmp_path / "r.jsonl", EXAMPLES)
    odd = {"schema": "runspan/1", "id": "a", "sha256": "", "spans": [{}], "runs": [], "error": None}
    (tmp_path / "odd.jsonl").write_text(json.dumps(odd))
    assert main(["report", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.glob("page.*"))


def test_nothing_is_left_after_an_error_and_all_after_an_interruption(tmp_path: Path) -> None:
    def interrupted(file: Path, error: type[BaseException]) -> None:
        with ReviewPageWriter(file) as page:
            page.write(EXAMPLES[0].record, EXAMPLES[0].text)
            raise error

    with pytest.raises(RunspanError):
        interrupted(tmp_path / "error.html", RunspanError)
    with pytest.raises(KeyboardInterrupt):
        interrupted(tmp_path / "interrupted.html", KeyboardInterrupt)
    assert [file.name for file in tmp_path.iterdir()] == ["interrupted.html"]
    assert len(data((tmp_path / "interrupted.html").read_text(encoding="utf-8"), "index")["documents"]) == 1
