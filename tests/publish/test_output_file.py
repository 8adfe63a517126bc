"""Records as files: the same rows in every format, and no file but a whole one."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pyarrow.parquet as pq
import pytest

from runspan.assembly.estimates import estimate_runs
from runspan.assembly.runs import assemble
from runspan.base.documents import Document, Span
from runspan.base.errors import RunspanError
from runspan.base.labels import LABELS
from runspan.base.record_lines import RecordLine
from runspan.base.records import Record
from runspan.language.markup import parse
from runspan.publish.output_file import OutputFile
from runspan.publish.read_records import read_records
from runspan.publish.rows import columns

TAGGED = (
    "<model>Foo</model> (<params>34 billion parameters</params>) on <gpu_count>64</gpu_count> "
    "<hardware>NVIDIA A100 80GB GPUs</hardware> for <training>about 4 weeks</training> in <country>France</country> "
    "and <country>Italy</country>, <year>2023</year>, <year>2022</year>"
)


def records() -> list[Record]:
    document = parse(TAGGED, "a/1", "x/a/1.txt").document
    spans = tuple(Span(s.start, s.end, s.label, 0.9) for s in document.spans)
    document = Document("a/1", document.text, spans, "x/a/1.txt")
    runs, unassigned = assemble(document)
    runs = estimate_runs(runs)
    return [
        Record(document, LABELS, 30, 1, runs, unassigned),
        Record(Document("b", "nothing, \ud800", source="b.txt"), LABELS, 1, 1),
        Record(Document("c", "", source="c.txt"), LABELS, error="c.txt: broken"),
    ]


def write(file: Path) -> Path:
    file.parent.mkdir(exist_ok=True)
    OutputFile(str(file)).publish((RecordLine.of(record).json for record in records()), LABELS)
    return file


def test_json_lines(tmp_path: Path) -> None:
    first, second, third = read_records(write(tmp_path / "new" / "r.jsonl"))
    assert list(first) == [
        "schema",
        "id",
        "source",
        "sha256",
        "chars",
        "tokens",
        "windows",
        "spans",
        "runs",
        "unassigned",
        "warnings",
        "error",
    ]
    (run,) = first["runs"]
    assert run["params"]["value"] == 34_000_000_000
    assert run["hardware"]["value"] == "NVIDIA A100"
    assert (run["training"]["value"], run["training"]["unit"], run["training"]["qualifier"]) == (
        672.0,
        "hours",
        "approximately",
    )
    assert [country["value"] for country in run["country"]] == ["FR", "IT"]
    assert run["estimates"]["energy_kwh"]["value"] == pytest.approx(64 * 672 * 0.4)
    assert first["unassigned"] == [8]
    assert (second["runs"], second["spans"], second["chars"]) == ([], [], 10)
    assert third["error"] == "c.txt: broken"


def test_csv_and_parquet_hold_the_same_rows(tmp_path: Path) -> None:
    with write(tmp_path / "r.csv").open(encoding="utf-8", newline="") as file:
        from_csv = list(csv.DictReader(file))
    table = pq.read_table(write(tmp_path / "r.parquet"))
    assert table.column_names == list(from_csv[0]) == columns(LABELS)
    from_parquet = [{k: "" if v is None else str(v) for k, v in row.items()} for row in table.to_pylist()]
    assert from_parquet == [
        {k: v if k != "hardware_memory_gb" or not v else str(float(v)) for k, v in row.items()} for row in from_csv
    ]
    first, second, third = table.to_pylist()
    assert first["doc_id"] == "a/1"
    assert first["run"] == 1
    assert (first["model"], first["model_text"], first["model_start"]) == ("Foo", "Foo", 0)
    assert (first["params"], first["gpu_count"], first["training"], first["year"]) == (34_000_000_000, 64, 672.0, 2023)
    assert (first["country"], first["country_name"]) == ("FR; IT", "France; Italy")
    assert first["accelerator_hours"] == 43_008
    assert first["training_flop_low"] < first["training_flop"] < first["training_flop_high"]
    assert json.loads(first["assumptions"])["grid_countries"] == ["FR", "IT"]
    assert (second["run"], second["error"]) == (None, None)
    assert (second["energy_kwh"], second["assumptions"]) == (None, None)
    assert third["error"] == "c.txt: broken"


def test_columns_begin_as_promised() -> None:
    assert columns(LABELS)[:8] == [
        "doc_id",
        "run",
        "model",
        "model_text",
        "model_start",
        "model_end",
        "model_score",
        "params",
    ]


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet"])
def test_an_error_leaves_an_earlier_file_as_it_is(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"r.{suffix}"
    file.write_text("earlier")

    def lines() -> Iterator[bytes]:
        yield RecordLine.of(records()[0]).json
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        OutputFile(str(file)).publish(lines(), LABELS)
    assert file.read_text() == "earlier"


def test_another_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    output = OutputFile("memory://bucket/r.csv")
    output.local.parent.mkdir(parents=True)
    output.publish((RecordLine.of(record).json for record in records()), LABELS)
    assert fsspec.filesystem("memory").cat("/bucket/r.csv") == write(tmp_path / "r.csv").read_bytes()
    assert list(output.local.parent.iterdir()) == []


def test_an_unknown_file_system() -> None:
    with pytest.raises(RunspanError, match=r"nowhere://r\.csv: "):
        OutputFile("nowhere://r.csv")


@pytest.mark.parametrize(("name", "message"), [("r.xlsx", "unknown type of output"), ("folder.csv", "is a folder")])
def test_unusable_outputs(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(RunspanError, match=message):
        OutputFile(str(tmp_path / name))


@pytest.mark.parametrize("line", ["{", "[]", json.dumps({"id": "a"})])
def test_lines_that_are_no_records(tmp_path: Path, line: str) -> None:
    (tmp_path / "r.jsonl").write_text(line)
    with pytest.raises(RunspanError, match=r"r\.jsonl:1: no"):
        list(read_records(tmp_path / "r.jsonl"))
