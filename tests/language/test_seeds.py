"""Seed files: every fault of every file, and the project's own corpus as a test."""

from pathlib import Path

import pytest

from runspan.base.errors import FaultsError, RunspanError
from runspan.base.words import split_words
from runspan.language import bio, markup
from runspan.language.near_duplicates import near_duplicate_keys
from runspan.language.seeds import find_seed_files, read_seeds

CORPUS = Path(__file__).parents[2] / "data" / "seeds"


def test_faults_of_all_files_come_together(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("<year>2020", encoding="utf-8")
    (tmp_path / "b.txt").write_text("fine <year>2020</year>\n\n</model> <hardware>A100</hardware>s", encoding="utf-8")
    (tmp_path / "c.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(FaultsError) as caught:
        read_seeds([tmp_path])
    assert [(Path(f.source).name, f.line, f.column) for f in caught.value.faults] == [
        ("a.txt", 1, 1),
        ("b.txt", 3, 1),
        ("b.txt", 3, 10),
        ("c.txt", 0, 0),
    ]


def test_ids_are_paths_below_the_folder(tmp_path: Path) -> None:
    (tmp_path / "kind").mkdir()
    file = tmp_path / "kind" / "001.txt"
    file.write_text("x", encoding="utf-8")
    assert find_seed_files([tmp_path]) == [("kind/001", file)]
    assert find_seed_files([file]) == [("001", file)]


def test_an_id_that_is_taken_gets_the_name_of_its_folder(tmp_path: Path) -> None:
    for folder in ("a", "b", "c/b"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "1.txt").write_text("x", encoding="utf-8")
    a, b, c = tmp_path / "a", tmp_path / "b", tmp_path / "c" / "b"
    assert [id for id, _ in find_seed_files([a, b, a])] == ["1", "b/1"]
    with pytest.raises(RunspanError, match=r"has the id 'b/1' of .*rename one"):
        find_seed_files([a, b, c])


@pytest.mark.parametrize(("name", "message"), [("nowhere", "no such file"), (".", "no seed file in it")])
def test_nothing_to_read(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(RunspanError, match=message):
        read_seeds([tmp_path / name])


def test_line_ends_and_bytes_are_kept(tmp_path: Path) -> None:
    data = "\ufeffa\r\n<year>2020</year>\r<b>\x00é".encode()
    file = tmp_path / "a.txt"
    file.write_bytes(data)
    (document,) = read_seeds([file])
    assert markup.write(document).encode() == data


def test_the_corpus_is_lossless() -> None:
    for document in read_seeds([CORPUS]):
        assert markup.write(document).encode() == Path(document.source).read_bytes()
        words = split_words(document.text)
        back = bio.decode_tags(bio.encode_tags(document.spans, words), words)
        assert [(s.start, s.end, s.label) for s in back] == [(s.start, s.end, s.label) for s in document.spans]


def test_near_duplicates_share_a_key() -> None:
    text = "one two three four five six seven eight nine ten eleven twelve"
    documents = [
        markup.parse(text, "b").document,
        markup.parse(text + " thirteen", "a").document,
        markup.parse("something else altogether that shares no run of six words with it", "c").document,
    ]
    assert near_duplicate_keys(documents) == {"a": "a", "b": "a", "c": "c"}
