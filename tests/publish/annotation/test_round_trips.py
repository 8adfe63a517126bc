"""What goes out to a format comes back identical: the corpus, hostile texts, random ones."""

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings

from runspan.base.documents import Document
from runspan.base.errors import FaultsError
from runspan.language.seeds import read_seeds
from runspan.publish.annotation.formats import FORMATS
from runspan.publish.annotation.intake import Intake
from runspan.publish.annotation.outgoing import Target
from tests.conftest import REPOSITORY
from tests.publish.annotation.documents import documents, hostile_documents, with_scores

JSON = ("labelstudio", "doccano", "prodigy")
WITH_SCORES = (*JSON, "brat", "conll")


def there_and_back(wanted: list[Document], name: str, folder: Path) -> tuple[list[Document], Intake, Counter[str]]:
    one = FORMATS[name]
    output = folder / name if one.is_folder else folder / f"file{one.suffixes[0]}"
    lost = one.codec().write(wanted, Target(output, lossless=True))
    intake = Intake()
    one.codec().read([output], intake)
    return intake.documents, intake, lost


def assert_same(wanted: list[Document], name: str, folder: Path) -> None:
    back, intake, lost = there_and_back(wanted, name, folder)
    assert intake.faults == []
    assert {d.id: (d.text, d.spans) for d in back} == {d.id: (d.text, d.spans) for d in wanted}
    assert len(back) == len(wanted)
    assert not +lost
    assert not +intake.left_out
    assert intake.joined == 0


@pytest.fixture(scope="module")
def corpus() -> list[Document]:
    return read_seeds([REPOSITORY / "data" / "seeds"])


@pytest.mark.parametrize("name", FORMATS)
def test_the_corpus_comes_back(corpus: list[Document], name: str, tmp_path: Path) -> None:
    assert_same(corpus if name in ("labelstudio", "doccano") else corpus[::6], name, tmp_path)


@pytest.mark.parametrize("name", FORMATS)
def test_hostile_texts_come_back(name: str, tmp_path: Path) -> None:
    assert_same(hostile_documents(), name, tmp_path)


@pytest.mark.parametrize("name", WITH_SCORES)
def test_scores_come_back(name: str, tmp_path: Path) -> None:
    assert_same([with_scores(document) for document in hostile_documents()], name, tmp_path)


@pytest.mark.parametrize("name", sorted(set(FORMATS) - set(WITH_SCORES)))
def test_scores_that_a_format_has_no_room_for_are_counted(name: str, tmp_path: Path) -> None:
    scored = [with_scores(document) for document in hostile_documents()]
    back, _, lost = there_and_back(scored, name, tmp_path)
    assert lost == {"scores": sum(len(document.spans) for document in scored)}
    assert sum(len(document.spans) for document in back) == lost["scores"]


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(document=documents())
def test_any_text_comes_back(name: str, document: Document) -> None:
    with TemporaryDirectory() as folder:
        assert_same([document], name, Path(folder))


@pytest.mark.parametrize("name", JSON)
def test_lone_surrogates_come_back_from_json(name: str, tmp_path: Path) -> None:
    assert_same([Document("a", "x \ud83d y \ude00 z")], name, tmp_path)
    with pytest.raises(FaultsError, match="characters 2 and 3 are two halves"):
        there_and_back([Document("a", "x \ud83d\ude00")], name, tmp_path)


@pytest.mark.parametrize("name", sorted(set(FORMATS) - set(JSON)))
@pytest.mark.parametrize("broken", [Document("b", "x \ud83d y"), Document("b\ud83d", "x")], ids=["text", "id"])
def test_lone_surrogates_that_utf8_cannot_hold_stop_it(name: str, broken: Document, tmp_path: Path) -> None:
    with pytest.raises(FaultsError, match=r"half of a character|can't name a file"):
        there_and_back([Document("a", "fine"), broken], name, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["seeds", "brat"])
@pytest.mark.parametrize("id", ["", "/etc/x", "../x", "a/../b", "a//b", "./a", "a\\b", "a\nb"])
def test_ids_that_leave_the_folder_stop_it(name: str, id: str, tmp_path: Path) -> None:
    with pytest.raises(FaultsError, match="can't name a file below a folder"):
        there_and_back([Document(id, "x")], name, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["a </params> b", "<params>x</params>", '<year run="2">'])
def test_texts_that_hold_our_tags_are_no_seed_files(text: str, tmp_path: Path) -> None:
    with pytest.raises(FaultsError, match="holds a tag of ours"):
        there_and_back([Document("a", text)], "seeds", tmp_path)
    for name in set(FORMATS) - {"seeds"}:
        shutil.rmtree(tmp_path)
        assert_same([Document("a", text)], name, tmp_path)


def test_plain_columns_count_what_they_lose(tmp_path: Path) -> None:
    document = next(d for d in hostile_documents() if d.id == "a folder/with é and 1.5B")
    odd = replace(document, id="odd", text=" " + document.text.replace("two runs", "two\n\nruns"), spans=())
    lost = FORMATS["conll"].codec().write([document, odd], Target(tmp_path / "a.conll"))
    # "runs:" twice without a space, a leading space, an empty line
    assert +lost == {"document ids": 2, "run ties": 2, "stretches of white space": 4}
    intake = Intake()
    FORMATS["conll"].codec().read([tmp_path / "a.conll"], intake)
    assert [d.text for d in intake.documents] == ["two runs : 7B 13B", "two\nruns : 7B 13B"]
    assert [d.id for d in intake.documents] == ["a-1", "a-2"]
    assert [intake.documents[0].surface(span) for span in intake.documents[0].spans] == ["7B", "13B"]
    assert intake.joined == 2
