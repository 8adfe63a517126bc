"""What fails is one document's alone; what is stopped ends at a chunk."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from runspan.base.documents import Document
from runspan.base.errors import RunspanError
from runspan.base.records import ReadDocument
from runspan.jobs.chunks import Share, in_chunks
from runspan.jobs.pipeline import predict_chunks, predict_documents
from runspan.jobs.prediction import PredictionOptions, Predictor
from runspan.language.readers.input_documents import InputDocument, as_input

TEXT = "We trained StrumNet (31,842 parameters) on a GeForce GTX 970 for roughly 90 minutes in Finland. "


@pytest.fixture
def predictor(tiny_model_dir: Path) -> Predictor:
    return Predictor.load(str(tiny_model_dir), "cpu", precision="fp32", backend="torch")


def documents(count: int) -> list[ReadDocument]:
    return [ReadDocument(Document(str(i), TEXT * (i + 1), source=f"{i}.txt")) for i in range(count)]


def break_at(id: str, error: Exception) -> Any:
    """A function that fails at one document, wherever it stands among the arguments."""

    def work(original: Any) -> Any:
        def replaced(*arguments: Any, **options: Any) -> Any:
            if any(getattr(argument, "id", None) == id for argument in arguments):
                raise error
            return original(*arguments, **options)

        return replaced

    return work


@pytest.mark.parametrize("step", ["find_spans", "make_record"])
def test_a_fault_of_ours_costs_one_document(predictor: Predictor, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    expected = list(predict_documents(predictor, documents(4)))
    monkeypatch.setattr(predictor, step, break_at("2", KeyError("oops"))(getattr(predictor, step)))
    found = list(predict_documents(predictor, documents(4)))
    assert found[2].error == "2.txt: failed (KeyError: 'oops'); please report it with this document"
    assert (found[2].runs, found[2].document.spans) == ((), ())
    assert [found[i] for i in (0, 1, 3)] == [expected[i] for i in (0, 1, 3)]


def test_a_text_that_the_tokenizer_fails_at(predictor: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    encode = predictor.encoder.encode

    def fail(text: str) -> Any:
        if len(text) == 2 * len(TEXT):
            raise ValueError("no\nsecond line")
        return encode(text)

    monkeypatch.setattr(predictor.encoder, "encode", fail)
    errors = [record.error for record in predict_documents(predictor, documents(3))]
    assert errors == [None, "1.txt: failed (ValueError: no); please report it with this document", None]


def test_a_document_that_the_model_fails_at(predictor: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    score = predictor.score_encoded

    def fail(encodings: Any) -> Any:
        if any(len(encoding.words) > 80 for encoding in encodings):
            raise MemoryError
        return score(encodings)

    expected = [record.document.spans for record in predict_documents(predictor, documents(4))]
    monkeypatch.setattr(predictor, "score_encoded", fail)
    found = list(predict_documents(predictor, documents(4)))
    assert [record.error is None for record in found] == [True, True, True, False]
    assert "3.txt: failed (MemoryError: MemoryError)" in (found[3].error or "")
    assert [record.document.spans for record in found[:3]] == expected[:3]


def test_a_model_that_fails_at_everything_is_no_fault_of_the_documents(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(encodings: Any) -> Any:
        raise RuntimeError("device lost")

    monkeypatch.setattr(predictor, "score_encoded", fail)
    with pytest.raises(RunspanError, match=r"the model fails at every document \(RuntimeError: device lost\)"):
        list(predict_documents(predictor, documents(2)))


def test_a_reader_that_fails(predictor: Predictor) -> None:
    def fail() -> ReadDocument:
        raise RuntimeError("in the reader")

    inputs = [InputDocument("a", "a.txt", 1, "", fail), as_input(documents(1)[0])]
    ((bad, good),) = predict_chunks(predictor, [inputs])
    assert bad.error == "a.txt: can't be read (RuntimeError: in the reader)"
    assert good.error is None


def test_texts_are_kept(predictor: Predictor) -> None:
    kept: list[str] = []
    options = PredictionOptions(keep_text=lambda read: kept.append(read.document.id))
    list(predict_documents(predictor, documents(3), options))
    assert kept == ["0", "1", "2"]


def test_a_stop_ends_between_chunks(predictor: Predictor) -> None:
    stop = Event()
    chunks = [[as_input(read)] for read in documents(12)]
    found = []
    for records in predict_chunks(predictor, chunks, stop=stop):
        found += [record.document.id for record in records]
        stop.set()
    assert found == [str(i) for i in range(len(found))]
    assert 1 <= len(found) <= 4


def test_chunks_follow_from_the_documents(predictor: Predictor) -> None:
    inputs = [as_input(read) for read in documents(9)]
    chunks = list(in_chunks(inputs, 3 * len(TEXT)))
    assert [document.id for chunk in chunks for document in chunk] == [str(i) for i in range(9)]
    first = len(chunks[0])
    assert list(in_chunks(inputs[first:], 3 * len(TEXT))) == chunks[1:]


def test_shares_hold_every_chunk_once() -> None:
    def numbered() -> Iterator[list[InputDocument]]:
        return ([as_input(read)] for read in documents(7))

    shares = [[chunk[0].id for chunk in Share(number, 3).take(numbered())] for number in range(3)]
    assert shares == [["0", "3", "6"], ["1", "4"], ["2", "5"]]
