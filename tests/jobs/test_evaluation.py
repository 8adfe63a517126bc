"""Scores of spans and fields: cases counted by hand, and what must hold for any spans."""

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runspan.base.documents import Document, Span
from runspan.base.errors import RunspanError
from runspan.base.records import text_sha256
from runspan.jobs import bootstrap
from runspan.jobs.comparison import APPROXIMATORS, Comparison, compare_records, without_approximator
from runspan.jobs.evaluation import score_documents, score_records
from runspan.jobs.field_scores import compare_values, device_of, field_value, score_fields
from runspan.jobs.field_truth import FIELDS, FieldTruth, read_field_truth
from runspan.jobs.span_errors import KINDS, find_errors
from runspan.jobs.span_scores import score_spans

TEXT = "aa bb cc dd ee ff gg hh"  # words at 0-2, 3-5, 6-8, …


def spans(*written: str) -> tuple[Span, ...]:
    """Spans written as ``"year 0-2"``."""
    return tuple(
        Span(int(start), int(end), label)
        for label, _, place in (text.partition(" ") for text in written)
        for start, end in [place.split("-")]
    )


def record(document: Document, predicted: tuple[Span, ...], **keys: Any) -> dict[str, Any]:
    listed = [{"start": s.start, "end": s.end, "label": s.label, "score": 0.5} for s in predicted]
    return {"id": document.id, "sha256": text_sha256(document.text), "error": None, "spans": listed, "runs": []} | keys


SPAN_CASES = [  # tagged, predicted, strictly correct, partially correct, errors by kind
    ([], [], 0, 0, {}),
    (["year 0-2"], ["year 0-2"], 1, 1, {}),
    (["year 0-2"], [], 0, 0, {"missed": 1}),
    ([], ["year 0-2"], 0, 0, {"spurious": 1}),
    (["year 0-2"], ["year 3-5"], 0, 0, {"missed": 1, "spurious": 1}),
    (["year 0-2"], ["params 0-2"], 0, 0, {"wrong label": 1}),
    (["year 0-2"], ["year 0-5"], 0, 1, {"wrong boundary": 1}),
    (["year 0-5"], ["params 3-8"], 0, 0, {"wrong label": 1}),
    # one predicted span answers to one tagged span, and the other way round
    (["year 0-2", "year 3-5"], ["year 0-5"], 0, 1, {"wrong boundary": 1, "missed": 1}),
    (["year 0-5"], ["year 0-2", "year 3-5"], 0, 1, {"wrong boundary": 1, "spurious": 1}),
    # the same label goes before another
    (["year 0-5"], ["params 0-2", "year 3-5"], 0, 1, {"wrong boundary": 1, "spurious": 1}),
    # a chain of overlaps: as many pairs as can be
    (["year 0-5", "year 6-11"], ["year 3-8", "year 9-14"], 0, 2, {"wrong boundary": 2}),
    (["year 0-2", "params 3-5", "model 6-8"], ["year 0-2", "params 3-8"], 1, 2, {"wrong boundary": 1, "missed": 1}),
]


@pytest.mark.parametrize(("tagged", "predicted", "strict", "partial", "errors"), SPAN_CASES)
def test_spans(tagged: list[str], predicted: list[str], strict: int, partial: int, errors: dict[str, int]) -> None:
    compared = [Comparison(Document("a", TEXT, spans(*tagged)), spans(*predicted))]
    scores = score_spans(compared)
    assert (scores["correct"], scores["partial"]["correct"]) == (strict, partial)
    assert (scores["predicted"], scores["support"]) == (len(predicted), len(tagged))
    kinds = [error.kind for error in find_errors(compared)]
    assert {kind: kinds.count(kind) for kind in kinds} == errors


def test_scores_of_each_label() -> None:
    one = Document("one", TEXT, spans("year 0-2", "year 3-5", "params 6-8"))
    two = Document("two", TEXT, spans("year 0-2"))
    predicted = [record(one, spans("year 0-2", "year 3-8")), record(two, spans("params 0-2"))]
    scores = score_records([one, two], predicted)
    assert list(scores["per_label"]) == ["params", "year"]
    year, params = scores["per_label"]["year"], scores["per_label"]["params"]
    assert (year["precision"], year["recall"], year["f1"]) == (1 / 2, 1 / 3, pytest.approx(2 / 5))
    assert (params["precision"], params["recall"], params["f1"]) == (0, 0, 0)
    assert (scores["precision"], scores["recall"], scores["f1"]) == (1 / 3, 1 / 4, pytest.approx(2 / 7))
    assert scores["partial"]["per_label"]["year"]["f1"] == pytest.approx(4 / 5)
    assert (scores["documents"], scores["missing"]) == (2, [])


def test_documents_without_a_result_count_as_empty() -> None:
    documents = [Document(id, TEXT, spans("year 0-2")) for id in "abc"]
    records = [record(documents[0], spans("year 0-2")), record(documents[1], spans("year 0-2"), error="unreadable")]
    scores = score_records(documents, [*records, {"id": "of another set"}])
    assert (scores["correct"], scores["predicted"], scores["support"]) == (1, 1, 3)
    assert scores["missing"] == ["c"]


def test_labels_of_ones_own_come_last() -> None:
    document = Document("a", TEXT, spans("zebra 0-2", "apple 3-5", "year 6-8"))
    assert list(score_spans([Comparison(document)])["per_label"]) == ["year", "apple", "zebra"]


def test_nothing_tagged_and_nothing_predicted() -> None:
    scores = score_spans([Comparison(Document("a", TEXT))])
    assert (scores["f1"], scores["f1_interval"], scores["per_label"]) == (0.0, None, {})


BAD_RECORDS = [
    ({"sha256": "0"}, "sha256 differs"),
    ({"spans": [{"start": 20, "end": 30, "label": "year"}]}, "the year span 20:30 is not within the text's 23"),
    ({"spans": [{"start": 3, "end": 3, "label": "year"}]}, "the year span 3:3 is not within"),
    (
        {"spans": [{"start": 3, "end": 8, "label": "year"}, {"start": 0, "end": 5, "label": "model"}]},
        "the model span 0:5 and the year span 3:8 overlap",
    ),
]


@pytest.mark.parametrize(("keys", "message"), BAD_RECORDS)
def test_records_that_do_not_fit_their_text(keys: dict[str, Any], message: str) -> None:
    document = Document("a", TEXT)
    with pytest.raises(RunspanError, match=message):
        compare_records([document], [record(document, (), **keys)])


APPROXIMATED = [  # span, what is left of it
    ("about 3 days", "3 days"),
    ("Approximately\n3 days", "3 days"),
    ("around 3 days", "3 days"),
    ("roughly 3 days", "3 days"),
    ("~3 days", "3 days"),
    ("≈ 3 days", "3 days"),
    ("∼3 days", "3 days"),
    ("about ~3 days", "~3 days"),  # the first only
    ("3 days", "3 days"),
    ("over 3 days", "over 3 days"),  # says something else
    ("abouts", "abouts"),
    ("about", "about"),  # nothing would be left
]


@pytest.mark.parametrize(("text", "left"), APPROXIMATED)
def test_approximators(text: str, left: str) -> None:
    span = without_approximator(Span(1, 1 + len(text), "training", 0.5), f" {text} ")
    assert f" {text} "[span.start : span.end] == left
    assert span.score == 0.5


@pytest.mark.parametrize("with_it", ["tagged", "predicted"])
def test_spans_with_and_without_an_approximator(with_it: str) -> None:
    text = "for about 3 days, about 8 GPUs"
    long, short = spans("training 4-16", "gpu_count 18-25"), spans("training 10-16", "gpu_count 24-25")
    tagged, predicted = (long, short) if with_it == "tagged" else (short, long)
    document = Document("a", text, tagged)
    correct = {a: score_records([document], [record(document, predicted)], a)["correct"] for a in APPROXIMATORS}
    assert correct == {"strict": 0, "either": 1}  # the count's is never taken off


@st.composite
def some_spans(draw: st.DrawFn) -> tuple[Span, ...]:
    """Spans over the words of a text of eight, without overlap."""
    edges = sorted(draw(st.sets(st.integers(0, 8))))
    chosen = [(a, b, draw(st.sampled_from(["", "year", "params"]))) for a, b in pairwise(edges)]
    return tuple(Span(3 * a, 3 * b - 1, label) for a, b, label in chosen if label)


@settings(max_examples=60, deadline=None)
@given(tagged=some_spans(), predicted=some_spans())
def test_counts_agree(tagged: tuple[Span, ...], predicted: tuple[Span, ...]) -> None:
    gold = Document("a", TEXT, tagged)
    compared = [Comparison(gold, predicted)]
    scores, errors = score_spans(compared), find_errors(compared)
    counts = {kind: sum(error.kind == kind for error in errors) for kind in KINDS}
    both = scores["correct"] + counts["wrong label"] + counts["wrong boundary"]
    assert both + counts["missed"] == len(tagged)
    assert both + counts["spurious"] == len(predicted)
    assert scores["partial"]["correct"] == scores["correct"] + counts["wrong boundary"]
    over_words = score_documents([gold], [Document("a", TEXT, predicted)])  # seqeval
    assert over_words["f1"] == pytest.approx(scores["f1"])
    for label, row in over_words["per_label"].items():
        assert row["f1"] == pytest.approx(scores["per_label"][label]["f1"])
        assert row["support"] == scores["per_label"][label]["support"]


def test_intervals_tell_certain_scores_from_uncertain() -> None:
    right = [Comparison(Document(str(i), TEXT, spans("year 0-2")), spans("year 0-2")) for i in range(10)]
    wrong = [Comparison(Document(str(i), TEXT, spans("year 0-2")), spans("year 3-5")) for i in range(10, 20)]
    assert score_spans(right)["f1_interval"] == [1.0, 1.0]
    low, high = score_spans(right + wrong)["f1_interval"]
    assert 0.2 < low < 0.35  # 20 tosses of a coin: the middle 95% are 6 to 14 heads
    assert 0.65 < high < 0.8


def test_a_rare_label_is_judged_where_it_is_drawn() -> None:
    common = [Comparison(Document(str(i), TEXT, spans("year 0-2")), spans("year 0-2")) for i in range(5)]
    rare = Comparison(Document("rare", TEXT, spans("model 0-2")), spans("model 0-2"))
    assert score_spans([*common, rare])["per_label"]["model"]["f1_interval"] == [1.0, 1.0]


def test_resamples_have_as_many_documents() -> None:
    drawn = bootstrap.resampled_sums(np.ones((7, 2, 3)))
    assert drawn.shape == (bootstrap.RESAMPLES, 2, 3)
    assert (drawn == 7).all()
    counts = np.arange(7.0)
    assert (bootstrap.resampled_sums(counts) == bootstrap.resampled_sums(counts)).all()


TRUTH: dict[str, Any] = {"id": "a", **dict.fromkeys(FIELDS), "not_annotated": []}
BAD_TRUTHS = [  # lines of the file, what is said
    ([], "no line in it"),
    (["{"], ":1: no JSON"),
    (["[]"], ':1: expected an object with an "id"'),
    (['{"id": 3}'], ':1: expected an object with an "id"'),
    (['{"id": "a", "year": null}'], ":1: no 'country'"),
    ([TRUTH, TRUTH], ":2: the id 'a' again"),
    ([TRUTH | {"year": "2020"}], ":1: year is '2020'; expected a number"),
    ([TRUTH | {"year": 2020.5}], ":1: year is 2020.5; expected a whole number"),
    ([TRUTH | {"gpu_count": True}], ":1: gpu_count is True; expected a number"),
    ([TRUTH | {"country": "France"}], ":1: country is 'France'; expected a list of names"),
    ([TRUTH | {"country": ["Atlantis"]}], ":1: no country is known as 'Atlantis'"),
    ([TRUTH | {"hardware": ["A100"]}], ":1: hardware is ['A100']; expected text"),
]


@pytest.mark.parametrize(("lines", "message"), BAD_TRUTHS)
def test_bad_truths(lines: list[Any], message: str, tmp_path: Path) -> None:
    file = tmp_path / "truth.jsonl"
    file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    with pytest.raises(RunspanError) as caught:
        read_field_truth(file)
    assert f"{file}" in str(caught.value)
    assert message in str(caught.value)


def test_truth_that_can_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(RunspanError, match=r"no.jsonl: can't be read"):
        read_field_truth(tmp_path / "no.jsonl")


def test_truth(tmp_path: Path) -> None:
    file = tmp_path / "truth.jsonl"
    row = TRUTH | {"year": 2020.0, "country": ["USA", "UK"], "gpu_count": 8, "not_annotated": ["year", "hardware"]}
    file.write_text(f"\n{json.dumps(row)}\n")
    (truth,) = read_field_truth(file)
    assert truth.values == {  # a value that is there counts, annotated or not
        "year": 2020,
        "country": {"US", "GB"},
        "gpu_count": 8.0,
        "training_hours": None,
        "parameter_count": None,
    }


VALUES = [  # field, predicted, true, distance, right
    ("year", 2020, 2020, 0.0, True),
    ("year", 2021, 2020, 0.2, False),
    ("year", 1990, 2020, 1.0, False),
    ("country", frozenset({"FR"}), frozenset({"FR"}), 0.0, True),
    ("country", frozenset({"FR", "DE"}), frozenset({"FR"}), 0.0, False),
    ("country", frozenset({"DE"}), frozenset({"FR"}), 1.0, False),
    ("hardware", "NVIDIA Tesla V100", "V100 GPUs", 0.0, True),
    ("hardware", "NVIDIA GeForce RTX 3090", "NVIDIA GeForce RTX 3080 GPU", 0.0, False),  # alike
    ("hardware", "NVIDIA A100", "a laptop", 1.0, False),
    ("gpu_count", 8, 8.0, 0.0, True),
    ("gpu_count", 6, 8.0, 0.25, False),
    ("gpu_count", 0, 0.0, 0.0, True),
    ("training_hours", 110.0, 100.0, 1 / 11, True),
    ("training_hours", 112.0, 100.0, 12 / 112, False),
    ("parameter_count", 7_000_000_000, 6.7e9, 0.3 / 7, True),
    ("parameter_count", 7_000_000_000, 6.6e9, 0.4 / 7, False),
    ("parameter_count", -5, 5.0, 1.0, False),
]


@pytest.mark.parametrize(("field", "predicted", "true", "distance", "right"), VALUES)
def test_values(field: str, predicted: Any, true: Any, distance: float, right: bool) -> None:
    found, is_right = compare_values(field, predicted, true)
    assert found == pytest.approx(distance)
    assert is_right == right


DEVICES = [  # names of one device
    ("V100", "NVIDIA Tesla V100 GPU", "Volta", "V100-SXM2-32GB"),
    ("GeForce RTX 2080 Ti", "2080ti", "NVIDIA RTX 2080 Ti GPUs"),
    ("GTX 1080", "GeForce GTX 1080 8GB"),
    ("NVIDIA A100", "A100s"[:4], "A100_80GB"),
    ("Google TPU v3", "TPUv3", "tpu_v3-128"),
    ("RTX A6000", "NVIDIA A6000"),
    ("K80", "Tesla K80"),
    ("T4", "NVIDIA T4"),
    ("GTX Titan X", "NVIDIA TITAN X (Pascal)"),
    ("GeForce GTX 970", "geforce-gtx-970"),
]


def test_devices() -> None:
    keys = [{device_of(name) for name in names} for names in DEVICES]
    assert all(len(key) == 1 for key in keys)
    assert len(set.union(*keys)) == len(DEVICES)


RUNS: list[tuple[list[dict[str, Any]], str, Any]] = [  # runs of a record, field, its value
    ([], "year", None),
    ([{"year": None}], "year", None),
    ([{"year": {"value": None, "text": "next year"}}], "year", None),
    ([{"year": {"value": 2020}}, {"year": {"value": 2021}}], "year", 2020),
    ([{"training": {"value": None}}, {"training": {"value": 5.0}}], "training_hours", 5.0),
    ([{"country": []}, {"country": [{"value": None}, {"value": "FR"}]}], "country", frozenset({"FR"})),
    ([{}], "parameter_count", None),
]


@pytest.mark.parametrize(("runs", "field", "value"), RUNS)
def test_field_value(runs: list[dict[str, Any]], field: str, value: Any) -> None:
    assert field_value({"runs": runs}, field) == value


def field_scores(*pairs: tuple[Any, Any]) -> dict[str, Any]:
    """Scores of the numbers of accelerators: true and predicted, ``None`` for none; nothing else annotated."""
    truths = [FieldTruth(str(i), {"gpu_count": true}) for i, (true, _) in enumerate(pairs)]
    records = [
        {"id": str(i), "runs": [{"gpu_count": {"value": value}, "year": {"value": 2020}}]}
        for i, (_, value) in enumerate(pairs)
    ]
    return score_fields(truths, records)


def test_field_scores() -> None:
    scores = field_scores((8.0, 8), (8.0, 6), (4.0, None), (None, 2), (None, None))
    soft, strict = (scores[measure]["per_field"]["gpu_count"] for measure in ("soft", "strict"))
    assert (soft["precision"], soft["recall"]) == (pytest.approx(1 - 0.25 / 2), pytest.approx(2 / 3))
    assert (soft["found"], soft["predicted"], soft["support"]) == (2, 3, 3)
    assert (strict["precision"], strict["recall"], strict["f1"]) == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    assert (strict["correct"], strict["predicted"], strict["support"]) == (1, 3, 3)
    year = scores["strict"]["per_field"]["year"]  # nobody looked: what was predicted isn't wrong
    assert (year["predicted"], year["f1"], year["f1_interval"]) == (0, 0.0, None)
    assert scores["strict"]["macro_f1"] == pytest.approx(1 / 3 / len(FIELDS))


def test_macro_interval() -> None:
    certain = field_scores((8.0, 8), (4.0, 4))["strict"]
    assert certain["macro_f1_interval"] == pytest.approx([1 / 6, 1 / 6])
    low, high = field_scores(*[(8.0, 8), (8.0, 6)] * 10)["strict"]["macro_f1_interval"]
    assert 0.2 < 6 * low < 0.35
    assert 0.65 < 6 * high < 0.8
    assert field_scores((None, None))["soft"]["macro_f1_interval"] is None


def test_fields_of_a_document_without_a_record() -> None:
    scores = score_fields([FieldTruth("a", {"year": 2020}), FieldTruth("b", {"year": None})], [])
    assert (scores["documents"], scores["missing"]) == (2, ["a", "b"])
    assert scores["soft"]["per_field"]["year"]["recall"] == 0


def test_records_are_scored_without_a_model_library() -> None:
    code = "import sys, runspan.cli.evaluate; print({'torch', 'transformers', 'datasets'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
