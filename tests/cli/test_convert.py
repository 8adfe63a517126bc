"""``runspan convert`` as a user types it."""

import json
from pathlib import Path

import pytest

from runspan.assembly.runs import assemble
from runspan.base.documents import Document, Span
from runspan.base.labels import LABELS
from runspan.base.record_lines import RecordLine
from runspan.base.records import Record
from runspan.cli.main import main
from runspan.language.markup import parse
from runspan.publish.annotation.formats import FORMATS, recognize

TAGGED = (
    'Foo-7B: <params run="1">7B</params> on 8 <hardware run="*">A100</hardware>, Foo-13B: <params run="2">13B</params>'
)


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    (tmp_path / "seeds" / "cards").mkdir(parents=True)
    (tmp_path / "seeds" / "cards" / "1.txt").write_text(TAGGED)
    (tmp_path / "seeds" / "2.txt").write_text("nothing 😀")
    return tmp_path / "seeds"


def convert(*arguments: object) -> int:
    return main(["convert", *map(str, arguments)])


def output_of(name: str, folder: Path) -> Path:
    return folder / name if FORMATS[name].is_folder else folder / f"a{FORMATS[name].suffixes[0]}"


@pytest.mark.parametrize("name", FORMATS)
def test_there_and_back(seeds: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    output = output_of(name, tmp_path / "out")
    assert convert(seeds, "--to", name, "--output", output, "--lossless") == 0
    assert recognize(output) == name
    assert convert(output, "--to", "seeds", "--output", tmp_path / "back") == 0
    assert (tmp_path / "back" / "cards" / "1.txt").read_text() == TAGGED
    assert (tmp_path / "back" / "2.txt").read_text() == "nothing 😀"
    said = capsys.readouterr().err
    assert f"2 documents, 3 spans, 3 run ties: {name} → seeds, {tmp_path / 'back'}" in said
    assert "not held" not in said


def test_what_columns_lose_is_said(seeds: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert(seeds, "--to", "conll", "--output", tmp_path / "a.conll") == 0
    assert "not held by conll: 2 document ids, 3 run ties, 7 stretches of white space" in capsys.readouterr().err
    assert convert(tmp_path / "a.conll", "--to", "seeds", "--output", tmp_path / "back") == 0
    assert "text was joined from words, by single spaces: 2" in capsys.readouterr().err


def test_faults_leave_nothing_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"text": "on A100s", "label": [[3, 7, "hardware"]]}, {"text": "x", "label": [[0, 9, "model"]]}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    for to in ("seeds", "prodigy"):
        assert convert(tmp_path / "a.jsonl", "--to", to, "--output", tmp_path / "out") == 2
        said = capsys.readouterr().err
        assert "a.jsonl:1:1: document, label 1: <hardware>A100</hardware> ends inside the word 'A100s'" in said
        assert "a.jsonl:2:1: document, label 1: a span from 0 to 9" in said
        assert "Traceback" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


def test_dropped_spans_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "on A100s", "label": [[3, 7, "hardware"], [0, 2, "LOC"]]}))
    assert convert(tmp_path / "a.jsonl", "--to", "seeds", "--output", tmp_path / "out", "--drop_unfit") == 0
    said = capsys.readouterr().err
    assert "left out of what was read: 1 spans of other labels, 1 spans inside words" in said
    assert (tmp_path / "out" / "a-1.txt").read_text() == "on A100s"


def test_other_labels(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "in Rome", "label": [[3, 7, "LOC"]]}))
    assert convert(tmp_path / "a.jsonl", "--to", "seeds", "--output", tmp_path / "out", "--labels", "LOC", "PER") == 0
    assert (tmp_path / "out" / "a-1.txt").read_text() == "in <LOC>Rome</LOC>"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere", "--to", "brat", "--output", "out"], "nowhere: no such file or folder"),
        (["nowhere", "--from", "prodigy", "--to", "brat", "--output", "out"], "nowhere: no such file or folder"),
        (["seeds", "--to", "brat", "--output", "seeds/cards"], "seeds/cards: is not empty; expected a new folder"),
        (["seeds", "--to", "brat", "--output", "seeds/2.txt"], "2.txt: is a file; expected a new folder"),
        (["seeds", "--to", "prodigy", "--output", "seeds"], "seeds: is an input too"),
        (["seeds", "--to", "prodigy", "--output", "."], ".: is a folder; expected the name of a file"),
        (
            ["seeds", "--from", "doccano", "--to", "brat", "--output", "out"],
            "seeds: is a folder; expected a doccano file",
        ),
        (["seeds/2.txt", "--from", "brat", "--to", "doccano", "--output", "seeds/2.txt"], "is an input too"),
        (["seeds", "odd.jsonl", "--to", "brat", "--output", "out"], "odd.jsonl: is of no format that shows"),
        (["odd.bin", "--to", "brat", "--output", "out"], "odd.bin: is of no format that shows; name it with --from"),
        (["empty", "--to", "brat", "--output", "out"], "empty: is of no format that shows"),
        (["seeds", "pre.json", "--to", "brat", "--output", "out"], "one format at a time"),
        (["pre.json", "--to", "brat", "--output", "out"], "no document to convert (1 tasks that nobody has annotated)"),
        (["seeds", "--to", "brat", "--output", "out", "--texts", "seeds"], "--texts is for records; seeds files hold"),
        (["seeds", "--to", "brat", "--output", "out", "--offsets", "utf16"], "--offsets is for labelstudio, doccano"),
        (["seeds", "--to", "word", "--output", "out"], "invalid choice: 'word'"),
    ],
)
def test_mistakes(
    seeds: Path,
    tmp_path: Path,
    arguments: list[str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd.jsonl").write_text('{"words": []}\n')
    (tmp_path / "odd.bin").write_text("?")
    (tmp_path / "empty").mkdir()
    (tmp_path / "pre.json").write_text(json.dumps([{"data": {"text": "x"}, "predictions": []}]))
    before = sorted(tmp_path.rglob("*"))
    assert convert(*arguments) == 2
    said = capsys.readouterr().err
    assert message in said
    assert "Traceback" not in said
    assert sorted(tmp_path.rglob("*")) == before


# predictions


def predicted(tagged: str, id: str) -> Record:
    document = parse(tagged, id).document
    spans = tuple(Span(s.start, s.end, s.label, 0.5 + i / 8) for i, s in enumerate(document.spans))
    document = Document(id, document.text, spans, f"{id}.txt")
    runs, unassigned = assemble(document)
    return Record(document, LABELS, 1, 1, runs, unassigned)


@pytest.fixture
def records(tmp_path: Path) -> Path:
    tagged = [
        "<model>Foo-7B</model> has <params>7B parameters</params> and took <training>3 days</training> 😀",
        "| model | size | days |\n|---|---|---|\n| <model>Bar-1B</model> | <params>1B</params> | "
        "<training>2 days</training> |\n| <model>Bar-3B</model> | <params>3B</params> | <training>6 days</training> |"
        "\n\nAll in <country>France</country>.",
        "nothing",
    ]
    (tmp_path / "texts").mkdir()
    records = [predicted(text, str(i)) for i, text in enumerate(tagged)]
    for record in records:
        (tmp_path / "texts" / f"{record.document.id}.md").write_text(record.document.text)
    records.append(Record(Document("bad", ""), LABELS, error="bad.txt: broken"))
    (tmp_path / "records.jsonl").write_bytes(b"".join(RecordLine.of(record).json for record in records))
    return tmp_path / "records.jsonl"


def test_predictions_for_label_studio(records: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "a.json"
    assert convert(records, "--texts", tmp_path / "texts", "--to", "labelstudio", "--output", output) == 0
    said = capsys.readouterr().err
    assert "3 documents, 10 spans, 7 run ties: records → labelstudio" in said
    assert "left out of what was read: 1 documents that failed" in said
    first, second, third = json.loads(output.read_text())
    assert "annotations" not in first
    (prediction,) = first["predictions"]
    assert (prediction["model_version"], prediction["score"]) == ("runspan", 0.5)
    assert [result["score"] for result in prediction["result"]] == [0.5, 0.625, 0.75]
    notes = [result["meta"]["text"][0] for result in second["predictions"][0]["result"]]
    assert notes == ["run=2", "run=2", "run=2", "run=1", "run=1", "run=1", "run=*"]
    assert third["predictions"] == [{"model_version": "runspan", "result": []}]


@pytest.mark.parametrize("name", ["doccano", "prodigy", "brat"])
def test_predictions_to_correct_come_back_as_seed_files(records: Path, tmp_path: Path, name: str) -> None:
    middle = output_of(name, tmp_path / "out")
    texts = ["--texts", tmp_path / "texts"]
    assert convert(records, *texts, "--to", name, "--output", middle) == 0
    assert convert(middle, "--to", "seeds", "--output", tmp_path / "back") == 0
    assert convert(records, *texts, "--to", "seeds", "--output", tmp_path / "plain") == 0
    for i in range(3):
        plain = (tmp_path / "plain" / f"{i}.txt").read_text()
        assert (tmp_path / "back" / f"{i}.txt").read_text() == plain
    assert (tmp_path / "plain" / "0.txt").read_text().startswith("<model>Foo-7B</model> has <params>7B parameters<")
    if name == "prodigy":
        rows = [json.loads(line) for line in middle.read_text().splitlines()]
        assert all("answer" not in row for row in rows)
        assert rows[0]["spans"][1]["score"] == 0.625


def test_records_without_their_texts(records: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [records, "--to", "prodigy", "--output", tmp_path / "a.jsonl"]
    assert convert(*arguments) == 2
    assert "records hold no text: give the documents that infer.py read with --texts" in capsys.readouterr().err
    (tmp_path / "texts" / "0.md").write_text("changed")
    (tmp_path / "texts" / "1.md").unlink()
    assert convert(*arguments, "--texts", tmp_path / "texts") == 2
    said = capsys.readouterr().err
    assert "record 1 ('0'): its text differs from the one that was read" in said
    assert "record 2 ('1'): its text is missing; expected it among --texts" in said
    assert not (tmp_path / "a.jsonl").exists()
