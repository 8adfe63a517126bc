"""A worker says what is wrong with its machine, and takes no part in a job whose records it would change."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from runspan.base.documents import Document
from runspan.base.errors import RunspanError
from runspan.base.record_lines import RecordLine
from runspan.base.records import ReadDocument
from runspan.jobs.job_identity import identify
from runspan.jobs.pipeline import predict_documents
from runspan.jobs.prediction import PredictionOptions, Predictor
from runspan.jobs.ray_worker import Assignment, Worker, WorkerFacts, first_facts, packed, unpacked
from runspan.language.readers.input_documents import as_input
from runspan.language.readers.options import ReadOptions

DOCUMENT = ReadDocument(Document("a", "We trained StrumNet on 8 GeForce GTX 970 in Finland.", source="a.txt"))


@pytest.fixture(autouse=True)
def same_folder() -> Iterator[None]:
    folder = Path.cwd()
    yield
    os.chdir(folder)


def assignment(model: Path, *paths: str, precision: str = "fp32") -> Assignment:
    load = partial(Predictor.load, str(model), "cpu", precision=precision, backend="torch")
    return Assignment(load, ReadOptions(), PredictionOptions(), model.parent, paths)


def test_a_worker_gives_the_lines_of_one_process(tiny_model_dir: Path) -> None:
    here = assignment(tiny_model_dir, str(tiny_model_dir), tiny_model_dir.name)
    facts = first_facts(here)
    assert isinstance(facts, WorkerFacts)
    predictor = Predictor.load(str(tiny_model_dir), "cpu", precision="fp32", backend="torch")
    assert facts.job == identify(predictor, ReadOptions(), PredictionOptions())
    ((number, lines),) = unpacked(Worker(here.pinned(facts.job), facts.job)(packed([(7, [as_input(DOCUMENT)])])))
    assert number == 7
    assert lines == [RecordLine.of(record) for record in predict_documents(predictor, [DOCUMENT])]


@pytest.mark.parametrize(
    ("paths", "precision", "message"),
    [(("nowhere/papers",), "fp32", "nowhere/papers: is not on this machine"), ((), "int8", "int8 is not to be had")],
)
def test_what_it_can_not_do(tiny_model_dir: Path, paths: tuple[str, ...], precision: str, message: str) -> None:
    found = first_facts(assignment(tiny_model_dir, *paths, precision=precision))
    assert isinstance(found, RunspanError)
    assert message in str(found)


def test_a_machine_that_differs_takes_no_part(tiny_model_dir: Path) -> None:
    facts = first_facts(assignment(tiny_model_dir))
    assert isinstance(facts, WorkerFacts)
    worker = Worker(assignment(tiny_model_dir), {**facts.job, "device": "a GPU"})
    ((_, fault),) = unpacked(worker(packed([(0, [as_input(DOCUMENT)])])))
    assert isinstance(fault, RunspanError)
    assert "another device than on the machine that answered first ('cpu'; there 'a GPU')" in str(fault)
