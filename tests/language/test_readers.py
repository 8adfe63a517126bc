"""Readers: what is read, in which order, and what becomes an error line instead of a crash."""

import io
import sys
from pathlib import Path

import pytest

from runspan.base.errors import RunspanError
from runspan.language.readers import find_inputs, read_documents


def test_a_folder_is_read_recursively_in_order(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name, text in [
        ("b/2.md", "two"),
        ("a.txt", "one"),
        ("c.pdf", "no"),
        ("z.jsonl", '{"id": "x", "text": "three"}\n'),
    ]:
        (tmp_path / name).write_text(text, encoding="utf-8")
    reads = list(read_documents(find_inputs([str(tmp_path)])))
    assert [(r.document.id, r.document.text) for r in reads] == [("a", "one"), ("b/2", "two"), ("x", "three")]


def test_text_is_kept_to_the_character(tmp_path: Path) -> None:
    data = "\ufeffa\r\nb\x00\u2028é👩‍🔬".encode()
    (tmp_path / "a.txt").write_bytes(data)
    (read,) = read_documents(find_inputs([str(tmp_path / "a.txt")]))
    assert read.document.text.encode() == data


def test_not_utf8_is_read_with_a_warning(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("café".encode("latin-1"))
    (read,) = read_documents(find_inputs([str(tmp_path)]))
    assert (read.document.text, read.error) == ("caf\ufffd", None)
    assert "not UTF-8 from byte 3" in read.warnings[0]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "no JSON on this line"),
        ("[1]", "found list, expected an object"),
        ('{"body": "x"}', "found the keys 'body', expected"),
        ('{"text": 5}', 'expected an object with a string "text"'),
        ("[" * 100_000, "no JSON on this line"),
    ],
)
def test_a_bad_line_is_an_error_and_the_next_is_read(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "a.jsonl").write_text(f'{line}\n\n{{"text": "fine"}}\n')
    bad, good = read_documents(find_inputs([str(tmp_path)]))
    assert bad.document.id == "a:1"
    assert message in (bad.error or "")
    assert (good.document.id, good.document.text, good.error) == ("a:3", "fine", None)


def test_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(b'{"id": 7, "text": "x"}\n'))
    monkeypatch.setattr(sys, "stdin", stdin)
    (read,) = read_documents(find_inputs(["-"]))
    assert (read.document.id, read.document.text) == ("7", "x")


def test_a_file_that_vanished(tmp_path: Path) -> None:
    for name in ("a.txt", "b.jsonl"):
        (tmp_path / name).write_text("x")
    inputs = find_inputs([str(tmp_path)])
    for name in ("a.txt", "b.jsonl"):
        (tmp_path / name).unlink()
    assert all("can't be read: No such file" in (r.error or "") for r in read_documents(inputs))


@pytest.mark.parametrize(
    ("name", "message"),
    [("no", "no such file or folder"), ("a.docx", "type .docx can't be read"), ("empty", "no readable")],
)
def test_unusable_inputs(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "a.docx").write_text("x")
    (tmp_path / "empty").mkdir()
    with pytest.raises(RunspanError, match=message):
        find_inputs([str(tmp_path / name)])
