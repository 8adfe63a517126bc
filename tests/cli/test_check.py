"""``runspan check``: faults stop it, warnings are told, ``--strict`` makes them count."""

from pathlib import Path

import pytest

from runspan.cli.main import main
from tests.conftest import REPOSITORY


def write(folder: Path, *texts: str) -> str:
    for i, text in enumerate(texts):
        (folder / f"{i}.txt").write_text(text, encoding="utf-8")
    return str(folder)


def test_faults_of_markup_and_conventions_come_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", write(tmp_path, "<year>2020", "in <year>May 2020</year>")]) == 2
    err = capsys.readouterr().err
    assert "0.txt:1:1: <year> is never closed" in err
    assert "1.txt:1:4: <year>May 2020</year>: expected the four digits" in err


@pytest.mark.parametrize(("options", "code"), [([], 0), (["--strict"], 2)])
def test_warnings(tmp_path: Path, options: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", write(tmp_path, "about <training>3 days</training>"), *options]) == code
    out, err = capsys.readouterr()
    assert "Seed files, no fault" in out
    assert "Most frequent" not in out
    assert f"{tmp_path / '0.txt'}:1:7: <training>3 days</training>: expected the 'about'" in err
    assert "1 warning\n" in err


def test_nothing_to_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", write(tmp_path, "<params>7B</params>"), "--strict"]) == 0
    assert capsys.readouterr().err == ""


def test_near_duplicates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = " ".join(f"word{i}" for i in range(30))
    assert main(["check", write(tmp_path, text, f"{text} more", "something else")]) == 0
    err = capsys.readouterr().err
    assert f"{tmp_path / '1.txt'}:1:1: shares much of its text with {tmp_path / '0.txt'}" in err
    assert "2.txt" not in err


def test_a_value_that_too_many_documents_share(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = [f"{i}{i}{i} <country>{'UK' if i < 6 else f'Land{i}'}</country>" for i in range(50)]
    assert main(["check", write(tmp_path, *texts), "--strict"]) == 2
    out, err = capsys.readouterr()
    assert "Most frequent value a label" in out
    assert "6 of 50 documents with a country have 'GB' (12%); expected at most 8%: vary it" in err


def test_the_corpus_has_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(REPOSITORY / "data" / "seeds")]) == 0
    assert "Traceback" not in capsys.readouterr().err
