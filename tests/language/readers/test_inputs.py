"""Readers: what is read, in which order, and what becomes an error line instead of a crash."""

import gzip
import io
import pickle
import sys
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from runspan.base.errors import RunspanError
from runspan.base.records import ReadDocument
from runspan.language.readers.inputs import Inputs, read_documents
from runspan.language.readers.options import ReadOptions


def read(*paths: object, **options: object) -> list[ReadDocument]:
    return list(read_documents(Inputs(tuple(map(str, paths)), ReadOptions(**options))))  # type: ignore[arg-type]


def test_a_folder_is_read_recursively_in_order(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name, text in [
        ("b/2.md", "two"),
        ("b.txt", "after the folder"),
        ("a.txt", "one"),
        ("c.docx", "no"),
        ("z.jsonl", '{"id": "x", "text": "three"}\n'),
    ]:
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = [(r.document.id, r.document.text) for r in read(tmp_path)]
    assert found == [("a", "one"), ("b/2", "two"), ("b", "after the folder"), ("x", "three")]


def test_files_that_differ_in_the_suffix_keep_it(tmp_path: Path) -> None:
    for name in ("a.txt", "a.md", "b.txt.gz", "c.txt"):
        data = gzip.compress(b"x") if name.endswith(".gz") else b"x"
        (tmp_path / name).write_bytes(data)
    assert [r.document.id for r in read(tmp_path)] == ["a.md", "a.txt", "b", "c"]


def test_links_are_followed_and_loops_end(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.txt").write_text("x")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "z").symlink_to(tmp_path / "z")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nothing.txt")
    assert [r.document.id for r in read(tmp_path)] == ["a/x"]


def test_what_is_written_is_no_input(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    for name in ("a.txt", "r.jsonl", "texts/b.txt"):
        (tmp_path / name).write_text("x")
    excluded = [(tmp_path / "r.jsonl").resolve(), (tmp_path / "texts").resolve()]
    assert [d.id for d in Inputs((str(tmp_path),), excluded=excluded)] == ["a"]
    with pytest.raises(RunspanError, match="is the output too"):
        Inputs((str(tmp_path / "r.jsonl"),), excluded=excluded)


def test_text_is_kept_to_the_character(tmp_path: Path) -> None:
    data = "\ufeffa\r\nb\x00\u2028é👩‍🔬".encode()
    (tmp_path / "a.txt").write_bytes(data)
    (found,) = read(tmp_path / "a.txt")
    assert found.document.text.encode() == data


RUSSIAN = "Модель обучалась на восьми видеокартах в течение трёх дней в Москве."
FRENCH = "Le modèle a été entraîné sur 8 GPU pendant trois jours à l’université de Genève — coût élevé."
CHINESE = "模型在八块显卡上训练了三天，清华大学。"


@pytest.mark.parametrize(
    ("text", "encoding", "warning"),
    [
        (FRENCH, "cp1252", "not UTF-8: read as Windows-1252"),
        (RUSSIAN, "koi8-r", "not UTF-8: read as KOI8-R"),
        (CHINESE, "gb18030", "not UTF-8: read as GB18030"),
        (FRENCH, "utf-16", None),
        ("plain letters, no mark in front", "utf-16-le", None),
        (FRENCH, "utf-32", None),
    ],
)
def test_other_encodings(tmp_path: Path, text: str, encoding: str, warning: str | None) -> None:
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    (found,) = read(tmp_path)
    assert (found.document.text, found.warnings) == (text, (warning,) if warning else ())


def test_a_bad_byte_among_good_ones_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(RUSSIAN.encode() + b" \xff end")
    (found,) = read(tmp_path)
    assert found.document.text == f"{RUSSIAN} \ufffd end"
    assert "1 byte(s) that could not be read were replaced by U+FFFD" in found.warnings[0]


PDF_MAGIC, PARQUET, PNG, ZIP = b"%PDF-1.7 but no more", b"PAR1....PAR1", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04..."


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.pdf", PDF_MAGIC, "a.pdf: "),
        ("a.txt", PDF_MAGIC, "a.txt: "),
        ("a.txt", PARQUET, "is a Parquet file; name it *.parquet"),
        ("a.md", PNG, "is an image; run OCR on it"),
        ("a.txt", ZIP, "is a zip archive"),
        ("a.jsonl", PARQUET, "is a Parquet file; name it *.parquet"),
        ("a.jsonl", PDF_MAGIC, "is a PDF file; name it *.pdf"),
        ("a.parquet", b"no parquet at all", "a.parquet: "),
        ("a.txt.gz", gzip.compress(b"x" * 1000, mtime=0)[:20], "can't be read: Compressed file ended"),
        ("a.jsonl.gz", gzip.compress(b'{"text": "x"}\n' * 1000, mtime=0)[:40], "can't be read: Compressed file ended"),
    ],
)
def test_files_that_are_not_what_they_are_called(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(data)
    *_, found = read(tmp_path)
    assert message in (found.error or "")
    assert str(tmp_path / name) in (found.error or "")


def test_content_counts_where_the_name_lies(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("<!DOCTYPE html><html><body><p>On 8 GPUs.</p></body></html>")
    (tmp_path / "text.html").write_text("On 8 GPUs.")
    (tmp_path / "zipped.txt").write_bytes(gzip.compress(b"On 8 GPUs."))
    (tmp_path / "lines.jsonl").write_bytes(gzip.compress(b'{"text": "On 8 GPUs."}\n'))
    found = read(tmp_path)
    assert [(r.document.text.strip(), r.error) for r in found] == [("On 8 GPUs.", None)] * 4
    assert [r.is_extracted for r in found] == [False, True, False, False]


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
    bad, good = read(tmp_path)
    assert bad.document.id == "a:1"
    assert message in (bad.error or "")
    assert (good.document.id, good.document.text, good.error) == ("a:3", "fine", None)


def test_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(b'{"id": 7, "text": "x"}\n'))
    monkeypatch.setattr(sys, "stdin", stdin)
    (found,) = read("-")
    assert (found.document.id, found.document.text) == ("7", "x")


def test_parquet(tmp_path: Path) -> None:
    rows = {"doc": [None, "b", "c"], "body": ["one", None, "three é"]}
    pq.write_table(pa.table(rows), tmp_path / "a.parquet")
    one, none, three = read(tmp_path, text_column="body", id_column="doc")
    assert (one.document.id, one.document.text) == ("a:1", "one")
    assert "found NoneType in 'body', expected text" in (none.error or "")
    assert (three.document.id, three.document.text, three.document.source) == (
        "c",
        "three é",
        f"{tmp_path / 'a.parquet'}:3",
    )
    (other,) = read(tmp_path)
    assert "found the columns doc, body, expected one called 'text'; name it with --text_column" in (other.error or "")


def test_keys_of_json_lines(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"paper": "x", "full_text": "y"}\n')
    (found,) = read(tmp_path, text_column="full_text", id_column="paper")
    assert (found.document.id, found.document.text) == ("x", "y")


def test_a_document_that_is_too_long(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x" * 11)
    (tmp_path / "b.jsonl").write_text('{"text": "xxxxxxxxxxx"}\n{"text": "fine"}\n')
    too_long, line, fine = read(tmp_path, max_chars=10)
    for found in (too_long, line):
        assert "has 11 characters, more than --max_chars 10; split it, or raise the limit" in (found.error or "")
    assert fine.error is None
    (tmp_path / "a.txt").write_text("x" * 5000)
    assert "has more than 1,064 bytes; split it, or raise --max_chars" in (read(tmp_path, max_chars=10)[0].error or "")


@pytest.mark.parametrize("line", [b"\0" * 1000, b'{"text": "x"}' + b" " * 1000 + b"\n"])
def test_a_bomb_behind_gz(tmp_path: Path, line: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runspan.language.readers.files._BOMB_BYTES", 1 << 20)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(line * 5000))
    *_, found = read(tmp_path, max_chars=100_000)
    assert "is no text: it unpacks to more than 200 times its size" in (found.error or "") or "over" in (
        found.error or ""
    )


def test_a_file_that_vanished(tmp_path: Path) -> None:
    for name in ("a.txt", "b.jsonl"):
        (tmp_path / name).write_text("x")
    inputs = iter(Inputs((str(tmp_path / "a.txt"), str(tmp_path / "b.jsonl"))))
    for name in ("a.txt", "b.jsonl"):
        (tmp_path / name).unlink()
    assert all("can't be read: No such file" in (r.error or "") for r in read_documents(inputs))


def test_another_file_system() -> None:
    files = fsspec.filesystem("memory")
    files.pipe({"/papers/b/2.txt": b"two", "/papers/a.md": b"one", "/papers/c.bin": b"no"})
    found = read("memory://papers")
    assert [(r.document.id, r.document.text) for r in found] == [("a", "one"), ("b/2", "two")]
    assert found[0].document.source == "memory:///papers/a.md"
    (one,) = read("memory://papers/a.md")
    assert (one.document.id, one.document.text) == ("a", "one")
    with pytest.raises(RunspanError, match="memory://nothing: "):
        Inputs(("memory://nothing",))
    with pytest.raises(RunspanError, match=r"nowhere://x\.txt: "):
        Inputs(("nowhere://x.txt",))


def test_inputs_travel_between_processes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / "b.jsonl").write_text('{"text": "two"}\n{\n')
    inputs = pickle.loads(pickle.dumps(list(Inputs((str(tmp_path),)))))
    assert [r.document.text for r in read_documents(inputs)] == ["one", "two", ""]


def test_the_stamp_changes_with_the_content(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / "b.jsonl").write_text('{"text": "two"}\n')
    inputs = Inputs((str(tmp_path),))
    before = [document.stamp for document in inputs]
    assert [document.stamp for document in inputs] == before
    (tmp_path / "a.txt").write_text("other")
    (tmp_path / "b.jsonl").write_text('{"text": "three"}\n')
    assert all(old != new.stamp for old, new in zip(before, inputs, strict=True))


def test_the_size_is_what_its_documents_say(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / "b.jsonl").write_text('{"text": "two"}\n')
    inputs = Inputs((str(tmp_path),))
    assert inputs.size() == sum(document.size for document in inputs)
    assert Inputs(("-",)).size() is None


@pytest.mark.parametrize(
    ("name", "message"),
    [("no", "no such file or folder"), ("a.docx", "type .docx can't be read"), ("empty", "no readable")],
)
def test_unusable_inputs(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "a.docx").write_text("x")
    (tmp_path / "empty").mkdir()
    with pytest.raises(RunspanError, match=message):
        Inputs((str(tmp_path / name),))
