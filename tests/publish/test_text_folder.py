"""Extracted texts on disk: exact, and inside of their folder."""

from pathlib import Path

import pytest

from runspan.base.documents import Document
from runspan.base.records import ReadDocument
from runspan.publish.text_folder import TextFolder, safe_path

TEXT = "a\r\nb\u2028\x00 \ud800 👩‍🔬"


def extracted(id: str, text: str = TEXT) -> ReadDocument:
    return ReadDocument(Document(id, text), is_extracted=True)


def test_the_text_is_kept_to_the_character(tmp_path: Path) -> None:
    folder = TextFolder(tmp_path / "new")
    for _ in range(2):
        folder.keep(extracted("papers/a"))
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert file == tmp_path / "new" / "papers" / "a.txt"
    assert file.read_bytes().decode("utf-8", "surrogatepass") == TEXT


def test_two_texts_of_one_id_are_both_kept(tmp_path: Path) -> None:
    for text in ("one", "other", "one"):
        TextFolder(tmp_path).keep(extracted("a", text))
    assert sorted(path.read_text() for path in tmp_path.iterdir()) == ["one", "other"]


def test_what_lies_in_a_file_already_is_not_kept(tmp_path: Path) -> None:
    TextFolder(tmp_path).keep(ReadDocument(Document("a", "x")))
    TextFolder(tmp_path).keep(ReadDocument(Document("b", ""), error="broken", is_extracted=True))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "id",
    ["../x", "/etc/passwd", "..", ".", "", "a/../../b", "a\0b", "a\\..\\b", "x" * 1000, "é" * 300, "\ud800", "a:b"],
)
def test_no_id_leads_out(tmp_path: Path, id: str) -> None:
    folder = tmp_path / "folder"
    assert (folder / safe_path(id)).resolve().is_relative_to(folder.resolve())
    TextFolder(folder).keep(extracted(id, "x"))
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert file.is_relative_to(folder)
