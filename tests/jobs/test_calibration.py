"""Confidences: fitted on held-out documents, kept with the model, and fields left out that have too little."""

from dataclasses import replace
from pathlib import Path

import pytest

from runspan.assembly.runs import assemble
from runspan.base.documents import Document, Span
from runspan.base.errors import RunspanError
from runspan.base.records import Run
from runspan.jobs.calibration import calibrate, field_findings, measure
from runspan.jobs.confidence import Confidence, confident_runs
from runspan.language.markup import parse
from runspan.modeling.calibration import Calibration

TAGGED = parse(
    'Foo-7B and Foo-13B: <model run="1">Foo-7B</model> was trained on <gpu_count run="1">8</gpu_count> '
    '<hardware run="1">V100</hardware> for <training run="1">3 days</training>. See 12 A100 for 5 hours.',
    id="a",
).document


def predicted(*spurious: Span, score: float = 0.9) -> Document:
    spans = (replace(span, score=score, run=None) for span in TAGGED.spans)
    return replace(TAGGED, spans=tuple(sorted((*spans, *spurious))))


def test_fields_of_the_run_that_answers_are_right() -> None:
    runs, _ = assemble(predicted())
    assert field_findings([TAGGED], [runs]).correct == [True] * 4
    wrong = Run({**runs[0].fields, "training": []})
    assert field_findings([TAGGED], [[wrong]]).correct == [True] * 3


def test_a_model_that_is_half_right_is_half_sure() -> None:
    start = TAGGED.text.index("12 A100")
    spurious = [
        Span(start, start + 2, "gpu_count", 0.9),
        Span(start + 3, start + 7, "hardware", 0.9),
        Span(start + 12, start + 19, "training", 0.9),
        Span(0, 6, "model", 0.9),
    ]
    documents = [predicted(*spurious)] * 20
    confidence = calibrate([TAGGED] * 20, documents)
    assert abs(confidence.spans.confidence(0.9) - 0.5) < 0.05
    before = measure([TAGGED] * 20, documents, Confidence())["spans"]
    after = measure([TAGGED] * 20, documents, confidence)["spans"]
    assert before["findings"] == after["findings"] == 160
    assert before["expected_calibration_error"] == pytest.approx(0.4)
    assert after["expected_calibration_error"] < 0.05


def test_nothing_predicted_calibrates_nothing() -> None:
    assert calibrate([TAGGED], [replace(TAGGED, spans=())]) == Confidence()


def test_kept_with_the_model(tmp_path: Path) -> None:
    confidence = Confidence(Calibration(1.5, -0.25), Calibration(0.5, 1.0))
    assert Confidence.load(tmp_path) == Confidence()
    confidence.save(tmp_path)
    assert Confidence.load(tmp_path) == confidence


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"spans": {"temperature": 0, "offset": 0}, "fields": {"temperature": 1, "offset": 0}}'],
)
def test_a_broken_file_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "calibration.json").write_text(content)
    with pytest.raises(RunspanError, match=r"calibration\.json: not the calibration of a runspan model"):
        Confidence.load(tmp_path)


def test_unsure_fields_are_left_out_and_runs_without_any() -> None:
    runs, _ = assemble(replace(predicted(), spans=tuple(replace(s, score=0.4) for s in predicted().spans[:1])))
    sure, _ = assemble(predicted())
    assert confident_runs(runs, 0.5) == []
    assert confident_runs(sure, 0.5) == sure
    assert list(confident_runs([Run({**sure[0].fields, **runs[0].fields})], 0.5)[0].fields["model"]) == []
