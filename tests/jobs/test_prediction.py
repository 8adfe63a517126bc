"""Texts → records with a tiny random model: offsets, windows, order, errors."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from transformers import BertForTokenClassification

from runspan.base.documents import Document
from runspan.base.errors import RunspanError
from runspan.base.estimates import QUANTITIES
from runspan.base.records import FieldValue, ReadDocument, Run
from runspan.jobs.pipeline import predict_documents
from runspan.jobs.prediction import PredictionOptions, Predictor
from runspan.language.normalize import normalize
from runspan.modeling.windows import WindowSettings
from tests.conftest import tiny_config, wordpiece_tokenizer

TEXT = "We trained StrumNet (31,842 parameters) on a GeForce GTX 970 for roughly 90 minutes in Finland. " * 12


@pytest.fixture(scope="module")
def predictor(tiny_model_dir: Path) -> Predictor:
    return Predictor.load(str(tiny_model_dir), "cpu", precision="fp32", backend="torch")


def test_record_of_a_document(predictor: Predictor) -> None:
    (record,) = predict_documents(predictor, [ReadDocument(Document("a", TEXT, source="a.txt"))])
    written = record.as_dict()
    assert (written["schema"], written["id"], written["source"], written["chars"]) == (
        "runspan/1",
        "a",
        "a.txt",
        len(TEXT),
    )
    assert written["tokens"] > written["windows"] > 3
    assert all(TEXT[s["start"] : s["end"]] == s["text"] for s in written["spans"])
    assert list(written["runs"][0]) == [*predictor.labels, "estimates"]
    assert list(written["runs"][0]["estimates"]) == [*QUANTITIES, "assumptions"]
    inside = {
        tuple(m)
        for label, field in written["runs"][0].items()
        if field and label != "estimates"
        for f in (field if isinstance(field, list) else [field])
        for m in f["mentions"]
    }
    outside = {(written["spans"][i]["start"], written["spans"][i]["end"]) for i in written["unassigned"]}
    assert inside | outside == {(s["start"], s["end"]) for s in written["spans"]}


def test_estimates_and_warnings_follow_from_the_runs(predictor: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {"gpu_count": "8", "hardware": "A100", "training": "10 hours", "year": "2019"}
    fields = {label: [FieldValue(normalize(label, text), text, 0, 0, 1.0, ())] for label, text in texts.items()}
    monkeypatch.setattr("runspan.jobs.prediction.assemble", lambda document: ([Run(fields)], []))
    read = ReadDocument(Document("a", "some text"), warnings=("read with care",))
    (plain,) = predict_documents(predictor, [read])
    (asked,) = predict_documents(predictor, [read], PredictionOptions(world_average=True))
    first, second = plain.as_dict()["runs"][0]["estimates"], asked.as_dict()["runs"][0]["estimates"]
    assert first["energy_kwh"]["value"] == second["energy_kwh"]["value"] == 32.0
    assert (first["co2e_kg"], second["co2e_kg"]["value"]) == (None, pytest.approx(32 * 0.505469))
    assert plain.warnings == ("read with care", "run 1: the NVIDIA A100 came out in 2020, after the year 2019")


def test_order_is_kept_and_errors_stand_in_their_place(predictor: Predictor) -> None:
    reads = [
        ReadDocument(Document("a", TEXT)),
        ReadDocument(Document("b", ""), error="broken"),
        ReadDocument(Document("c", "")),
        ReadDocument(Document("d", "short")),
    ]
    records = list(predict_documents(predictor, reads))
    assert [r.document.id for r in records] == ["a", "b", "c", "d"]
    assert [r.error for r in records] == [None, "broken", None, None]
    assert records[2].windows == 0


def test_batches_do_not_change_the_result(predictor: Predictor) -> None:
    documents = [Document(str(i), text) for i, text in enumerate((TEXT, "short", TEXT[:300]))]
    expected = [predictor.score(document)[1] for document in documents]
    for size in (1, 3, 16):
        other = Predictor(predictor.backend, predictor.settings, batch_size=size)
        for document, scores in zip(documents, expected, strict=True):
            np.testing.assert_allclose(other.score(document)[1], scores, atol=1e-5)


def test_documents_together_are_as_by_themselves(predictor: Predictor) -> None:
    documents = [Document(str(i), TEXT[i * 7 :] + str(i)) for i in range(12)]
    alone = [predictor.predict_spans([document])[0].spans for document in documents]
    assert [found.spans for found in predictor.predict_spans(documents)] == alone
    assert [record.document.spans for record in predict_documents(predictor, map(ReadDocument, documents))] == alone


def test_a_window_longer_than_the_model_takes(predictor: Predictor) -> None:
    assert predictor.backend.longest_window == 128
    with pytest.raises(RunspanError, match="max_length is 256; the model takes at most 128"):
        Predictor(predictor.backend, WindowSettings(256, 64))


def test_settings_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "runspan.json").write_text('{"max_len": 3}')
    with pytest.raises(RunspanError, match="not the settings of a runspan model"):
        WindowSettings.load(tmp_path, 128)
    assert WindowSettings.load(tmp_path / "none", 128).max_length == 128


def foreign_model(folder: Path, tags: Sequence[str]) -> str:
    """A token classifier as others train and save them."""
    tokenizer = wordpiece_tokenizer()
    model = BertForTokenClassification(tiny_config(len(tokenizer), id2label=dict(enumerate(tags))))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


def test_a_foreign_model_finds_its_own_labels(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    name = foreign_model(tmp_path, ["O", "B-MISC", "I-MISC", "B-PER", "I-PER"])
    predictor = Predictor.load(name, "cpu", precision="fp32", backend="torch")
    assert "not trained with runspan (no runspan.json). It finds its own labels (MISC, PER), in windows" in caplog.text
    (record,) = predict_documents(predictor, [ReadDocument(Document("a", TEXT))])
    assert record.error is None
    assert record.document.spans
    assert {span.label for span in record.document.spans} <= {"MISC", "PER"}


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        (["LABEL_0", "LABEL_1"], "LABEL_0, LABEL_1"),
        (["O", "B-PER", "I-PER", "S-PER"], "S-PER"),
        (["O", "I-PER"], "I-PER"),
    ],
)
def test_a_foreign_model_without_iob2_tags(tmp_path: Path, tags: list[str], found: str) -> None:
    name = foreign_model(tmp_path, tags)
    with pytest.raises(RunspanError, match=f"its labels are no IOB2 tags .found {found}; expected"):
        Predictor.load(name, "cpu", precision="fp32", backend="torch")
