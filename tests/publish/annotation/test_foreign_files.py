"""Files that other tools wrote: what their documentation shows, offsets in their units, every fault in its place."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import ClassLabel, Features, Value
from datasets import Sequence as ListOf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runspan.base.documents import Document, Span
from runspan.language.markup import parse
from runspan.publish.annotation.formats import FORMATS
from runspan.publish.annotation.intake import Intake
from runspan.publish.annotation.outgoing import Target

EMOJI = parse("😀 𝟠 on <hardware>A100</hardware> in <year>2020</year>", "a").document


def read(name: str, path: Path, **settings: Any) -> Intake:
    intake = Intake(**settings)
    FORMATS[name].codec().read([path], intake)
    return intake


def write(name: str, path: Path, document: Document) -> Any:
    FORMATS[name].codec().write([document], Target(path))
    return json.loads(path.read_text())


def task(text: str, *spans: tuple[Any, Any, Any], **changes: Any) -> dict[str, Any]:
    result = [
        {"id": f"r{i}", "type": "labels", "value": {"start": start, "end": end, "labels": [label]}}
        for i, (start, end, label) in enumerate(spans, start=1)
    ]
    return {"id": 7, "data": {"text": text}, "annotations": [{"result": result}]} | changes


def json_list(tmp_path: Path, *tasks: Any) -> Path:
    (tmp_path / "a.json").write_text(json.dumps(list(tasks), indent=1))
    return tmp_path / "a.json"


def json_lines(tmp_path: Path, *rows: Any) -> Path:
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    return tmp_path / "a.jsonl"


# what stands where, in each tool's unit: Label Studio and Prodigy count characters, doccano UTF-16 code units


def test_label_studio_counts_characters(tmp_path: Path) -> None:
    (out,) = write("labelstudio", tmp_path / "a.json", EMOJI)
    values = [result["value"] for result in out["annotations"][0]["result"]]
    assert values == [
        {"start": 7, "end": 11, "text": "A100", "labels": ["hardware"]},
        {"start": 15, "end": 19, "text": "2020", "labels": ["year"]},
    ]


def test_doccano_counts_utf16(tmp_path: Path) -> None:
    out = write("doccano", tmp_path / "a.jsonl", EMOJI)
    assert out["label"] == [[9, 13, "hardware"], [17, 21, "year"]]


def test_prodigy_counts_characters_and_tokens(tmp_path: Path) -> None:
    out = write("prodigy", tmp_path / "a.jsonl", EMOJI)
    assert out["spans"][0] == {"start": 7, "end": 11, "label": "hardware", "token_start": 3, "token_end": 3}
    assert "".join(token["text"] + " " * token["ws"] for token in out["tokens"]) == EMOJI.text


def test_brat_writes_fragments_around_line_ends(tmp_path: Path) -> None:
    document = parse('😀 <hardware run="2">NVIDIA \n A100\tcard</hardware>', "a").document
    FORMATS["brat"].codec().write([document], Target(tmp_path / "out"))
    lines = (tmp_path / "out" / "a.ann").read_text().splitlines()
    assert lines == ["T1\thardware 2 8;11 15;16 20\tNVIDIA A100 card", "#1\tAnnotatorNotes T1\trun=2"]
    assert "[entities]\nmodel\nparams\n" in (tmp_path / "out" / "annotation.conf").read_text()


@pytest.mark.parametrize(("unit", "start"), [(None, 9), ("utf16", 9), ("characters", 7)])
def test_the_unit_can_be_named(tmp_path: Path, unit: str | None, start: int) -> None:
    path = json_lines(tmp_path, {"text": EMOJI.text, "label": [[start, start + 4, "hardware"]]})
    (document,) = read("doccano", path, unit=unit).documents
    assert document.spans == (Span(7, 11, "hardware"),)


def test_an_offset_in_the_middle_of_a_character_is_a_fault(tmp_path: Path) -> None:
    path = json_lines(tmp_path, {"text": "😀 8", "label": [[1, 4, "gpu_count"]]})
    (fault,) = read("doccano", path).faults
    assert "a span from 1 to 4 (in utf16); expected whole numbers in order, from 0 to 4" in str(fault)


# exports as the tools' documentation shows them


def test_label_studio_export(tmp_path: Path) -> None:
    region = {
        "id": "x",
        "type": "hypertextlabels",
        "value": {
            "start": "/text()[1]",
            "end": "/text()[1]",
            "globalOffsets": {"start": 3, "end": 7},
            "text": "A100",
            "hypertextlabels": ["hardware"],
        },
        "meta": {"text": ["run = 2", "ask Ann"]},
    }
    relation = {"type": "relation", "from_id": "x", "to_id": "y"}
    done = {"result": [region, relation], "was_cancelled": False}
    cancelled = {"result": [], "was_cancelled": True}
    exported = task("on A100", annotations=[cancelled, done], predictions=[{"result": []}])
    waiting = task("x", annotations=[])
    intake = read("labelstudio", json_list(tmp_path, exported, waiting))
    assert intake.faults == []
    assert intake.documents == [
        Document("a-1", "on A100", (Span(3, 7, "hardware", run="2"),), str(tmp_path / "a.json"))
    ]
    assert +intake.left_out == {"tasks that nobody has annotated": 1, "results of type relation": 1, "notes": 1}


def test_of_several_annotations_the_true_one_or_the_last_is_taken(tmp_path: Path) -> None:
    one, two = (task("8 V100", (0, n, "gpu_count"))["annotations"][0] for n in (1, 6))
    path = json_list(tmp_path, task("8 V100", annotations=[one, two]))
    assert "2 annotations; expected one" in str(read("labelstudio", path).faults[0])
    intake = read("labelstudio", path, drop_unfit=True)
    assert [span.end for span in intake.documents[0].spans] == [6]
    assert +intake.left_out == {"annotations beside the one taken": 1}
    path = json_list(tmp_path, task("8 V100", annotations=[one | {"ground_truth": True}, two]))
    assert [span.end for span in read("labelstudio", path).documents[0].spans] == [1]


def test_doccano_export_with_relations(tmp_path: Path) -> None:
    entity = {"id": 5, "label": "year", "start_offset": 0, "end_offset": 4}
    row = {
        "id": 3,
        "text": "2020",
        "entities": [entity],
        "relations": [{"id": 1}],
        "Comments": [],
        "runs": [[9, 12, "1"]],
    }
    intake = read("doccano", json_lines(tmp_path, row))
    assert intake.documents[0].spans == (Span(0, 4, "year"),)
    assert intake.documents[0].id == "3"
    assert +intake.left_out == {"relations": 1, "run ties of spans that are gone": 1}


def test_prodigy_takes_what_was_accepted(tmp_path: Path) -> None:
    span = {"start": 0, "end": 4, "label": "year", "text": "2020"}
    rows = [{"text": "2020", "spans": [span], "answer": answer} for answer in ("accept", "reject", "ignore")]
    intake = read("prodigy", json_lines(tmp_path, *rows, {"text": "nothing"}))
    assert [document.id for document in intake.documents] == ["a-1", "a-4"]
    assert +intake.left_out == {"tasks with the answer reject": 1, "tasks with the answer ignore": 1}


def test_brat_leaves_out_what_is_no_span(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Foo took 3 days")
    (tmp_path / "a.ann").write_text(
        "T1\tmodel 0 3\tFoo\nT2\ttraining 9 15\t3 days\nR1\tTook Arg1:T1 Arg2:T2\nA1\tSure T1\n"
        "#1\tAnnotatorNotes T2\trun=1\n"
    )
    (tmp_path / "b.txt").write_text("not annotated")
    intake = read("brat", tmp_path)
    assert intake.documents[0].spans == (Span(0, 3, "model"), Span(9, 15, "training", run="1"))
    assert +intake.left_out == {"relations": 1, "attributes": 1, "texts without *.ann": 1}


def test_columns_of_other_tools(tmp_path: Path) -> None:
    (tmp_path / "a.conll").write_text(
        "-DOCSTART- -X- O O\n\nOn O O O\n64 CD I-NP B-gpu_count\nA100s X X B-hardware\n\nDone . O O\n\n"
        "-DOCSTART- -X- O O\n"
    )
    intake = read("conll", tmp_path / "a.conll")
    assert [(d.text, len(d.spans)) for d in intake.documents] == [("On 64 A100s\nDone", 2), ("", 0)]
    (tmp_path / "b.conll").write_bytes("took\tO\r\n3\xa0000  O\n3\tB-training\r\ndays\tI-training\r\n".encode())
    (document,) = read("conll", tmp_path / "b.conll").documents
    assert (document.id, document.text, document.spans) == ("b", "took 3\xa0000 3 days", (Span(11, 17, "training"),))


def test_parquet_of_the_hub(tmp_path: Path) -> None:
    tags = ListOf(ClassLabel(names=["O", "B-year", "I-year"]))
    schema = Features({"id": Value("string"), "tokens": ListOf(Value("string")), "ner_tags": tags}).arrow_schema
    rows = [{"id": "0", "tokens": ["In", "2020", "."], "ner_tags": [0, 1, 0]}]
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), tmp_path / "a.parquet")
    intake = read("parquet", tmp_path / "a.parquet")
    assert intake.documents[0].text == "In 2020 ."
    assert intake.documents[0].spans == (Span(3, 7, "year"),)
    assert intake.joined == 1


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"tokens": ["a"], "ner_tags": []}, "as many ner_tags"),
        ({"tokens": ["a", ""], "ner_tags": ["O", "O"]}, "expected texts as tokens"),
        ({"tokens": ["a"], "ner_tags": ["I-year"]}, "I-year at 0 continues no span"),
        ({"tokens": ["a"], "ner_tags": [3]}, "no names of tags"),
        ({"tokens": ["a"], "ner_tags": ["O"], "text": "a b"}, "its tokens are not its text"),
        ({"tokens": ["a"], "ner_tags": ["B-year"], "runs": ["1", "2"]}, "2 runs and 1 spans"),
        ({"tags": ["O"]}, "no column tokens or ner_tags"),
    ],
)
def test_faults_of_parquet(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "a.parquet")
    (fault,) = read("parquet", tmp_path / "a.parquet").faults
    assert message in str(fault)


# faults, each with its place


def test_every_fault_of_label_studio_has_its_line(tmp_path: Path) -> None:
    tasks = [
        task("fine", (0, 4, "model")),
        task("on A100s", (3, 7, "hardware"), (-1, 2, "model"), (0, 99, "model"), ("0", 2, "model")),
        {"text": "2020", "label": []},
        task("x", annotations=3),
        "no task",
        task("8 cards", (0, 7, "gpu_count"), (0, 1, "gpu_count"), (2, 7, "thing"), (2, 7, ["model"])),
    ]
    (tmp_path / "a.json").write_text("[" + ",\n".join(json.dumps(one) for one in tasks) + "\n]")
    faults = [str(fault) for fault in read("labelstudio", tmp_path / "a.json").faults]
    name = tmp_path / "a.json"
    bounds = "(in characters); expected whole numbers in order, from 0 to 8"
    assert faults == [
        f"{name}:2:1: task 2, result 'r2': a span from -1 to 2 {bounds}",
        f"{name}:2:1: task 2, result 'r3': a span from 0 to 99 {bounds}",
        f"{name}:2:1: task 2, result 'r4': a span from '0' to 2 {bounds}",
        f"{name}:2:1: task 2, result 'r1': <hardware>A100</hardware> ends inside the word 'A100s': tag whole words "
        "(3:7); --drop_unfit drops such spans",
        f'{name}:3:1: task 3: expected "data" with a string "text" (the full JSON export, not JSON-MIN)',
        f'{name}:4:1: task 4: "annotations" is no list of objects (the full JSON export has them whole)',
        f"{name}:5:1: task 5: found str; expected an object",
        f"{name}:6:1: task 6, result 'r4': the label ['model']; expected a text",
        f"{name}:6:1: task 6, result 'r2': gpu_count span '8' (0:1) overlaps the gpu_count span '8 cards' (0:7); "
        "--drop_unfit drops such spans",
        f"{name}:6:1: task 6, result 'r3': the label 'thing'; expected one of model, params, gpu_count, hardware, "
        "training, country, year; --drop_unfit drops such spans",
    ]


def test_what_does_not_fit_is_dropped_and_counted(tmp_path: Path) -> None:
    spans = [(3, 7, "hardware"), (0, 2, "model"), (0, 2, "year"), (0, 8, "thing"), (2, 8, "hardware")]
    intake = read("labelstudio", json_list(tmp_path, task("on A100s", *spans)), drop_unfit=True)
    assert intake.faults == []
    assert intake.documents[0].spans == (Span(0, 2, "model"),)
    assert +intake.left_out == {"spans inside words": 2, "overlapping spans": 1, "spans of other labels": 1}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", ":1:1: found the end of the file; expected a list: [{…}, …]"),
        (' {"a": 1}', ":1:2: found '{\"a\": 1}'; expected a list"),
        ('[{"data": {}}', 'task 1: expected "data"'),
        ("[1, 2", ":1:6: found the end of the file; expected , or ] and nothing"),
        ("[1] 2", "found '] 2'; expected , or ] and nothing behind it"),
        ("[{,]", "a.json:1:2: found '{,]'; expected an object (Expecting"),
        ("[,\n 1]", ":1:2: found ',\\n 1]'; expected an object"),
        ("\ud800", "is not UTF-8"),
    ],
)
def test_what_is_no_list_of_tasks(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "a.json").write_bytes(content.encode("utf-8", "surrogatepass"))
    intake = read("labelstudio", tmp_path / "a.json")
    assert any(message in str(fault) for fault in intake.faults), intake.faults
    assert intake.documents == []


def test_an_empty_list_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(" [ ] \n")
    assert read("labelstudio", tmp_path / "a.json").faults == []


@pytest.mark.parametrize("name", ["doccano", "prodigy"])
def test_every_line_of_json_lines_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": 1}\n\n[]\n{"text\n{"text": "x", "label": [], "spans": [], "id": "x"}\n')
    intake = read(name, tmp_path / "a.jsonl")
    assert [fault.line for fault in intake.faults] == [1, 3, 4]
    assert [document.id for document in intake.documents] == ["x"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"text": "x", "label": [[0, 1]]}, "label 1: found [0, 1]; expected [start, end, label]"),
        ({"text": "x", "label": [3]}, "label 1: found 3"),
        ({"text": "x", "label": [[[], 1, "model"]]}, "label 1: found [[], 1"),
        ({"text": "x", "label": [[0, 1, "model"]], "runs": [[0, 1, "2.5"]]}, "the run '2.5'; expected"),
        ({"text": "x", "label": [[0, 1, "model"]], "runs": [7]}, 'found 7 in "runs"'),
        ({"text": "x", "label": [[0, 1, "model"]], "scores": [[0, 1, "high"]]}, "the score 'high'; expected a number"),
    ],
)
def test_faults_of_doccano(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    (fault,) = read("doccano", json_lines(tmp_path, row)).faults
    assert f"a.jsonl:1:1: document, {message}" in str(fault) or message in str(fault)


@pytest.mark.parametrize(
    ("lines", "line", "message"),
    [
        ("T1\tmodel 0\tFoo", 1, "expected T1<tab>label start end<tab>text"),
        ("\nT1\tmodel 0 3", 2, "expected T1<tab>label start end<tab>text"),
        ("T1\tmodel 0 3\tBar", 1, "T1: says that it holds 'Bar', but the text has 'Foo' from 0 to 3"),
        ("T1\tmodel 0 3;9 15\tFoo 3 days", 1, "T1: a span in parts (0 3;9 15)"),
        ("T1\tmodel 0 3\tFoo\nT2\tmodel 0 3\tFoo", 2, "T2: model span 'Foo' (0:3) overlaps"),
        ("what", 1, "found 'what'"),
    ],
)
def test_faults_of_brat(tmp_path: Path, lines: str, line: int, message: str) -> None:
    (tmp_path / "a.txt").write_text("Foo took 3 days")
    (tmp_path / "a.ann").write_text(lines)
    (fault,) = read("brat", tmp_path).faults
    assert fault.line == line
    assert message in str(fault)


def test_annotations_without_their_text(tmp_path: Path) -> None:
    (tmp_path / "a.ann").write_text("")
    assert "there is no a.txt beside it" in str(read("brat", tmp_path).faults[0])


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("2020 I-year", "I-year continues no year; expected IOB2"),
        ("2020 B-model\n7 I-year", "I-year continues no year"),
        ("2020 S-year", "found '2020 S-year'; expected a word, other columns, and an IOB2 tag"),
        ("2020", "found '2020'"),
    ],
)
def test_faults_of_columns(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "a.conll").write_text(f"In O\n{line}\n")
    (fault,) = read("conll", tmp_path / "a.conll").faults
    assert fault.line == 1 + len(line.splitlines())
    assert message in str(fault)


def test_an_id_that_comes_twice(tmp_path: Path) -> None:
    row = {"id": "x", "text": "a", "label": []}
    (fault,) = read("doccano", json_lines(tmp_path, row, row)).faults
    assert "a.jsonl:2:1: document: the id 'x' again, as in" in str(fault)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.sampled_from(["year", "x", "labels", "accept"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)


def _label_studio(draw: Callable[[], Any]) -> Any:
    value = {"start": draw(), "end": draw(), "labels": draw(), "text": draw(), "globalOffsets": draw()}
    result = [{"id": draw(), "type": "labels", "value": value, "meta": draw()}, {"type": draw(), "value": draw()}]
    annotation = {"result": result, "was_cancelled": draw(), "ground_truth": draw()}
    return {"data": {"text": "2020 x", "doc_id": draw()}, "annotations": [annotation]}


def _doccano(draw: Callable[[], Any]) -> Any:
    extra = {"id": draw(), "runs": [draw(), [0, 4, draw()]], "scores": draw(), "relations": draw()}
    return {"text": "2020 x", "label": [[draw(), draw(), draw()], draw(), [0, 4, "year"]]} | extra


def _prodigy(draw: Callable[[], Any]) -> Any:
    span = {"start": draw(), "end": draw(), "label": draw(), "run": draw(), "score": draw(), "text": draw()}
    return {
        "text": "2020 x",
        "spans": [span, draw()],
        "meta": draw(),
        "answer": draw(),
        "relations": draw(),
        "id": draw(),
    }


@pytest.mark.parametrize(
    ("name", "shape"), [("labelstudio", _label_studio), ("doccano", _doccano), ("prodigy", _prodigy)]
)
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nothing_that_a_file_may_hold_breaks_the_reader(
    name: str, shape: Any, data: st.DataObject, tmp_path: Path
) -> None:
    row = shape(lambda: data.draw(VALUES))
    intake = read(name, json_list(tmp_path, row) if name == "labelstudio" else json_lines(tmp_path, row))
    for document in intake.documents:
        assert all(
            span.label == "year" and document.surface(span) in ("2020", "x", "2020 x") for span in document.spans
        )
