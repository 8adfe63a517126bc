"""Every fault of a document that docs/batch.md names: its line says what is wrong, and the others are not disturbed."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from runspan.cli.main import main
from runspan.language.readers import single
from tests.conftest import REPOSITORY
from tests.language.extraction.pdf_writer import pdf

TEXT = "We trained StrumNet on a GeForce GTX 970 for roughly 90 minutes in Finland, 2019. "
FINE = {"fine.txt", "zz.txt"}


def write_faults(folder: Path) -> None:
    """One document of each fault."""
    for name in FINE:
        (folder / name).write_text(TEXT)
    texts = {
        "empty.txt": "",
        "blank.txt": " \n\t ",
        "long_word.txt": f"{TEXT}{'a' * 300_000} {TEXT}",
        "nul.txt": TEXT.replace(" ", "\0"),
        "right_to_left.txt": f"\u202e{TEXT}\u202c אימון על 8 כרטיסים {TEXT}",
        "zero_width.txt": "\u200b\u200d\ufeff".join(TEXT),
        "too_long.txt": TEXT * 30_000,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "latin.txt").write_bytes("Entraîné à Genève, coût élevé, modèle français.".encode("cp1252"))
    (folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (folder / "office.md").write_bytes(b"PK\x03\x04" + bytes(100))
    (folder / "truncated.txt.gz").write_bytes(gzip.compress(TEXT.encode() * 100)[:60])
    (folder / "bomb.jsonl.gz").write_bytes(gzip.compress(b" " * 300_000_000, compresslevel=1))
    (folder / "locked.pdf").write_bytes(pdf([[(72, 700, TEXT)]], locked=True))
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    (folder / "scan.pdf").write_bytes(pdf([[]]))
    (folder / "table.parquet").write_bytes(b"PAR1 and no more PAR1")
    lines = ['{"id": "lone", "text": "On 8 GPUs \\ud800 for 3 days \\udc00"}', '{"id": "half", "te', '{"id": "other"}']
    lines.append(json.dumps({"id": "../../../escaped", "text": TEXT}))
    (folder / "lines.jsonl").write_text("\n".join(lines))
    (folder / "loop").symlink_to(folder)
    (folder / "vanished.txt").write_text(TEXT)


EXPECTED = {  # what the line's error says; None where there is a result
    "fine": None,
    "zz": None,
    "empty": None,
    "blank": None,
    "long_word": None,
    "nul": None,
    "right_to_left": None,
    "zero_width": None,
    "latin": None,
    "lone": None,
    "../../../escaped": None,
    "too_long": "characters, more than --max_chars",
    "vanished": "can't be read: No such file or directory",
    "picture": "is an image; run OCR on it",
    "office": "is a zip archive",
    "truncated": "can't be read: Compressed file ended",
    "bomb:1": "line 1 has over",
    "broken": "is a broken PDF",
    "locked": "is encrypted",
    "scan": "holds no text on its only page: run OCR first",
    "table": "Parquet",
    "lines:2": "no JSON on this line",
    "lines:3": "found the keys 'id', expected an object with a string \"text\"",
}


@pytest.fixture
def records(
    tiny_model_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> dict[str, Any]:
    folder = tmp_path / "in"
    folder.mkdir()
    write_faults(folder)
    read = single.read_bytes

    def read_bytes(path: str, limit: int) -> bytes:
        (folder / "vanished.txt").unlink(missing_ok=True)  # in mid-run: it was found when the folder was searched
        return read(path, limit)

    monkeypatch.setattr(single, "read_bytes", read_bytes)
    output = tmp_path / "r.jsonl"
    arguments = ["--input", str(folder), "--output", str(output), "--max_chars", "1000000"]
    assert main(["infer", "--model", str(tiny_model_dir), *arguments, "--save_text", str(tmp_path / "texts")]) == 1
    printed = capsys.readouterr().err
    assert "Traceback" not in printed
    assert [path for path in tmp_path.rglob("*escaped*") if path.name != "r.jsonl"] == []
    found = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    for record in found:
        if record["error"]:
            assert record["error"] in printed
    return {record["id"]: record for record in found}


def test_each_fault_has_its_line(records: dict[str, Any]) -> None:
    assert set(records) == set(EXPECTED)
    for id, message in EXPECTED.items():
        error = records[id]["error"]
        assert (error is None) if message is None else (message in error), (id, error)
    assert records["fine"]["spans"] == records["zz"]["spans"]
    assert "not UTF-8: read as Windows-1252" in records["latin"]["warnings"]
    assert records["empty"]["chars"] == records["empty"]["windows"] == 0
    for record in records.values():
        assert all(0 <= span["start"] < span["end"] <= record["chars"] for span in record["spans"])


def test_the_table_in_the_docs_says_the_same(records: dict[str, Any]) -> None:
    table = (REPOSITORY / "docs" / "batch.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", table.partition("## Faults")[2], re.MULTILINE)[2:]
    messages = [re.findall(r"`([^`]+)`", said) for _, said in rows]
    written = " ".join(text for record in records.values() for text in (record["error"] or "", *record["warnings"]))
    assert len(rows) >= 12
    for said in messages:
        for message in (one for one in said if " " in one):
            assert message in written, message


def test_a_pickle_is_no_model(tmp_path: Path, tiny_model_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in tiny_model_dir.iterdir():
        if file.is_file() and file.suffix == ".json":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04cposix\nsystem\n(S'touch %s'\ntR." % bytes(tmp_path / "run"))
    options = ["--input", str(REPOSITORY / "README.md"), "--output", str(tmp_path / "r.jsonl"), "--backend", "torch"]
    assert main(["infer", "--model", str(tmp_path), *options]) == 2
    assert "its weights can't be loaded" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
