"""Scores of runs: values that say the same, cases aligned by hand, and what must hold for any runs."""

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runspan.base.errors import RunspanError
from runspan.base.labels import LABELS
from runspan.jobs.gold_assembly import assemble_gold_spans
from runspan.jobs.record_scores import score_runs
from runspan.jobs.record_truth import TrueRuns, read_true_runs, true_runs
from runspan.jobs.run_alignment import align_runs
from runspan.jobs.slot_fills import Slots, fill_of_surface, matching_slots, slots_of_run
from runspan.language.markup import parse
from runspan.language.normalize import normalize

SHORT = {"m": "model", "p": "params", "n": "gpu_count", "h": "hardware", "t": "training", "c": "country", "y": "year"}


def run(written: str) -> dict[str, Any]:
    """A run as a record has it, written as ``"m=Foo; p=7B; c=France, Spain"``."""
    out: dict[str, Any] = {label: [] if label == "country" else None for label in LABELS}
    for part in filter(None, written.split("; ")):
        short, _, text = part.partition("=")
        label = SHORT[short]
        fields = [{**normalize(label, one).as_dict(), "text": one} for one in text.split(", ")]
        out[label] = fields if label == "country" else fields[0]
    return out


def slots(written: str) -> Slots:
    return slots_of_run(run(written))


SURFACES = [  # label, true, predicted, whether they say the same
    ("model", "**Foo** 7B", "foo 7b", True),
    ("model", "`coca_ViT-L-14`", "coca_vit-l-14", True),
    ("model", "GEN–θ", "gen-θ", True),
    ("model", "Foo\n7B", "Foo 7B", True),
    ("model", "Foo-7B", "Foo", False),
    ("params", "7B", "7 billion parameters", True),
    ("params", "7B", "7.07B", True),
    ("params", "7B", "6.93B", True),
    ("params", "7B", "7.08B", False),
    ("params", "7B", "7M", False),
    ("params", "7B–70B", "7 to 70 billion", True),
    ("params", "7B–70B", "7B–71B", False),
    ("params", "7B–70B", "7B", False),
    ("params", "1.3", "1.3B", False),
    ("params", "1.3", "**1.3**", True),
    ("gpu_count", "64", "sixty-four", True),
    ("gpu_count", "32 x 8", "256", True),
    ("gpu_count", "1,000", "1,001", False),
    ("gpu_count", "512 to 760", "512-760", True),
    ("gpu_count", "512 to 760", "512 to 761", False),
    ("hardware", "NVIDIA A100 80GB GPUs", "A100-40G", True),
    ("hardware", "A100", "H100", False),
    ("hardware", "some cards", "other cards", False),
    ("hardware", "some *cards*", "Some cards", True),
    ("training", "100 hours", "105 hours", True),
    ("training", "100 hours", "95.1 hours", True),
    ("training", "100 hours", "106 hours", False),
    ("training", "90-100 days", "95 days", True),
    ("training", "about 3 days", "72 hours", True),
    ("training", "72 hours", "72 GPU hours", False),
    ("training", "6.13", "6.13", True),
    ("training", "a few days", "some days", False),
    ("country", "the USA", "United States", True),
    ("country", "France", "Spain", False),
    ("year", "March 2024", "2024", True),
    ("year", "2024", "2023", False),
    ("year", "2019–2020", "2019-20", True),
]


@pytest.mark.parametrize(("label", "true", "predicted", "same"), SURFACES)
def test_fills(label: str, true: str, predicted: str, same: bool) -> None:
    one, other = ({label: (fill_of_surface(label, text),)} for text in (true, predicted))
    assert matching_slots(one, other) == matching_slots(other, one) == ({label} if same else set())


COUNTRIES = [
    ("c=France, Spain", "c=Spain, France", True),
    ("c=France, Spain", "c=Spain, France, the Kingdom of Spain", True),
    ("c=France, Spain", "c=France", False),
    ("c=France", "c=France, Spain", False),
    ("c=France", "", False),
]


@pytest.mark.parametrize(("true", "predicted", "same"), COUNTRIES)
def test_countries_are_a_set(true: str, predicted: str, same: bool) -> None:
    assert bool(matching_slots(slots(true), slots(predicted))) == same


def test_a_value_that_context_completed_is_the_one_of_the_same_text() -> None:
    predicted = slots_of_run({"training": {**normalize("training", "6.13 GPU hours").as_dict(), "text": "6.13"}})
    assert matching_slots(slots("t=6.13"), predicted) == {"training"}
    assert matching_slots(slots("t=6.14"), predicted) == set()


def test_what_was_inferred_is_not_scored() -> None:
    stated, inferred = run("c=France")["country"][0], {"value": "DE", "inferred_from": "email_domain", "text": "x.de"}
    assert list(slots_of_run({"country": [inferred], "year": None})) == []
    assert matching_slots(slots("c=France"), slots_of_run({"country": [stated, inferred]})) == {"country"}


ALIGNED = [  # true, predicted; correct slots, exact runs, merged, missing, split, spurious
    ([], [], 0, 0, 0, 0, 0, 0),
    (["p=7B"], ["p=7B"], 1, 1, 0, 0, 0, 0),
    (["p=7B; n=8"], ["p=7B"], 1, 0, 0, 0, 0, 0),
    (["p=7B"], ["p=7B; n=8"], 1, 0, 0, 0, 0, 0),
    (["p=7B; n=8"], ["p=7B; n=16"], 1, 0, 0, 0, 0, 0),
    # a pair without a slot in common is none
    (["p=7B"], ["p=13B"], 0, 0, 0, 1, 0, 1),
    (["p=7B"], ["n=8"], 0, 0, 0, 1, 0, 1),
    (["p=7B"], [], 0, 0, 0, 1, 0, 0),
    ([], ["p=7B"], 0, 0, 0, 0, 0, 1),
    # whole records: the pairs that have most in common together, not the first that fit
    (["h=A100; n=8", "h=A100; n=16; y=2023"], ["h=A100; n=16; y=2023", "h=A100; n=8"], 5, 2, 0, 0, 0, 0),
    (["p=7B; n=8; h=A100", "p=7B; n=16"], ["p=7B; n=8; h=H100", "p=7B; n=8; h=A100"], 4, 1, 0, 0, 0, 0),
    # of the same φ, the one with an exact pair
    (["p=7B", "p=7B; n=8"], ["p=7B"], 1, 1, 0, 1, 0, 0),
    (["p=7B"], ["p=7B; n=8", "p=7B"], 1, 1, 0, 0, 0, 1),
    # merged: the predicted run has a size of one and a count of the other
    (["p=7B; n=8; h=A100", "p=13B; n=16; h=A100"], ["p=7B; n=16; h=A100"], 2, 0, 1, 0, 0, 0),
    (["m=Foo; p=7B; n=8", "t=3 days"], ["m=Foo; p=7B; n=8; t=3 days"], 3, 0, 1, 0, 0, 0),
    # missing: what is predicted of the second is the first's as well
    (["p=7B; n=8; h=A100", "p=13B; n=16; h=A100"], ["p=7B; n=8; h=A100"], 3, 1, 0, 1, 0, 0),
    # split: the second predicted run has a fact of the true one that the first lacks, or has wrong
    (["p=7B; n=8; h=A100"], ["p=7B; n=8", "h=A100"], 2, 0, 0, 0, 1, 0),
    (["p=7B; n=8; h=A100"], ["p=7B; n=8; h=H100", "h=A100"], 2, 0, 0, 0, 1, 0),
    # spurious: all that is true in the second, the first says already
    (["p=7B; n=8; h=A100"], ["p=7B; n=8; h=A100", "p=13B; h=A100"], 3, 1, 0, 0, 0, 1),
    (["p=7B; n=8"], ["p=7B; n=8", "p=7B; n=8"], 2, 1, 0, 0, 0, 1),
    # three in one, and one beside them
    (["p=1B; h=A100", "n=8; y=2020", "t=3 days", "c=Chile"], ["p=1B; h=A100; n=8; t=3 days"], 2, 0, 2, 1, 0, 0),
]


def scores_of(true: list[str], predicted: list[str]) -> dict[str, Any]:
    truth = TrueRuns("a", tuple(slots(written) for written in true))
    return score_runs([truth], [{"id": "a", "runs": [run(written) for written in predicted]}])


@pytest.mark.parametrize(
    ("true", "predicted", "correct", "exact", "merged", "missing", "split", "spurious"),
    ALIGNED,
    ids=[f"{' | '.join(case[0])} ← {' | '.join(case[1])}" for case in ALIGNED],
)
def test_alignment(
    true: list[str],
    predicted: list[str],
    correct: int,
    exact: int,
    merged: int,
    missing: int,
    split: int,
    spurious: int,
) -> None:
    scores = scores_of(true, predicted)
    assert (scores["slots"]["correct"], scores["exact"]["correct"]) == (correct, exact)
    counts = scores["runs"]
    found = (counts["merged"], counts["missing"], counts["split"], counts["spurious"])
    assert found == (merged, missing, split, spurious)


def test_scores_by_hand() -> None:
    truths = [
        TrueRuns("one", (slots("m=Foo; p=7B; n=8"), slots("m=Bar; p=13B; n=16"))),
        TrueRuns("two", (slots("p=1B"),)),
        TrueRuns("three", ()),
        TrueRuns("four", (slots("y=2020"),)),
    ]
    records = [
        {"id": "one", "runs": [run("m=Foo; p=7B; n=16"), run("")]},  # a run that states nothing is none
        {"id": "two", "runs": [run("p=1B"), run("n=4")]},
        {"id": "three", "runs": []},
        {"id": "of another set", "runs": [run("p=1B")]},
    ]
    scores = score_runs(truths, records)
    whole, fields = scores["slots"], scores["slots"]["per_field"]
    assert (whole["correct"], whole["predicted"], whole["support"]) == (3, 5, 8)
    assert (whole["precision"], whole["recall"], whole["f1"]) == pytest.approx((3 / 5, 3 / 8, 6 / 13))
    assert list(fields) == list(LABELS)
    assert (fields["params"]["precision"], fields["params"]["recall"]) == (1.0, pytest.approx(2 / 3))
    assert (fields["gpu_count"]["correct"], fields["gpu_count"]["predicted"], fields["gpu_count"]["support"]) == (
        0,
        2,
        2,
    )
    assert (fields["country"]["f1"], fields["country"]["f1_interval"]) == (0.0, None)
    assert scores["exact"]["f1"] == pytest.approx(2 / 7)
    assert (scores["run_count"]["mean_absolute_error"], scores["run_count"]["right"]) == (3 / 4, 1 / 4)
    low, high = scores["run_count"]["right_interval"]
    assert low <= 1 / 4 < high
    assert scores["runs"] == {
        **{"true": 4, "predicted": 3, "aligned": 2},
        **{"merged": 1, "missing": 1, "split": 0, "spurious": 1},
    }
    assert (scores["documents"], scores["missing"]) == (4, ["four"])
    several = scores["several_runs"]
    assert (several["documents"], several["slots"]["support"], several["run_count"]["right"]) == (1, 6, 0.0)


def test_no_document_with_several_runs() -> None:
    assert scores_of(["p=7B"], [])["several_runs"] is None


PARTS = {
    "m": ["Foo", "Bar"],
    "p": ["7B", "13B"],
    "n": ["8", "16"],
    "h": ["A100", "H100"],
    "c": ["France", "France, Chile"],
}


@st.composite
def some_runs(draw: st.DrawFn) -> list[str]:
    """Up to four runs with few values, so that they often have some in common."""
    runs = []
    for _ in range(draw(st.integers(0, 4))):
        parts = {short: draw(st.sampled_from(["", *texts])) for short, texts in PARTS.items()}
        runs.append("; ".join(f"{short}={text}" for short, text in parts.items() if text))
    return [written for written in runs if written]


def best_phi(true: list[Slots], predicted: list[Slots]) -> int:
    """φ of the best alignment, by trying each."""
    few, many = sorted((true, predicted), key=len)
    return max(
        sum(len(matching_slots(one, other)) for one, other in zip(few, chosen, strict=True))
        for chosen in permutations(many, len(few))
    )


@settings(max_examples=80, deadline=None)
@given(true=some_runs(), predicted=some_runs(), random=st.randoms(use_true_random=False))
def test_any_alignment(true: list[str], predicted: list[str], random: Any) -> None:
    left, right = [slots(written) for written in true], [slots(written) for written in predicted]
    alignment = align_runs(left, right)
    assert sum(len(pair.matching) for pair in alignment.pairs) == best_phi(left, right)
    assert all(pair.matching for pair in alignment.pairs)
    assert len(alignment.pairs) + len(alignment.merged) + len(alignment.missing) == len(true)
    assert len(alignment.pairs) + len(alignment.split) + len(alignment.spurious) == len(predicted)
    back = align_runs(right, left)
    assert sum(len(pair.matching) for pair in back.pairs) == sum(len(pair.matching) for pair in alignment.pairs)
    assert sum(pair.is_exact for pair in back.pairs) == sum(pair.is_exact for pair in alignment.pairs)
    scores = scores_of(true, predicted)
    random.shuffle(true)
    random.shuffle(predicted)
    assert scores_of(true, predicted) == scores


@settings(max_examples=40, deadline=None)
@given(true=some_runs(), random=st.randoms(use_true_random=False))
def test_the_truth_itself_is_right(true: list[str], random: Any) -> None:
    predicted = random.sample(true, len(true))
    scores = scores_of(true, predicted)
    assert scores["slots"]["f1"] == scores["exact"]["f1"] == float(bool(true))
    assert (scores["run_count"]["mean_absolute_error"], scores["run_count"]["right"]) == (0.0, 1.0)
    assert sum(scores["runs"][kind] for kind in ("merged", "missing", "split", "spurious")) == 0
    assert scores_of(true, [*predicted, "y=1999"])["runs"]["spurious"] == 1


TIED = [  # tagged text, surfaces of each run by label
    ("nothing", []),
    ("<params>7B</params> on <gpu_count>8</gpu_count>", [{"params": ["7b"], "gpu_count": ["8"]}]),
    # of several values of one run each is right
    (
        "<training>3 days</training> (<training>576 GPU hours</training>), or <training>3 days</training>",
        [{"training": ["3 days", "576 gpu hours"]}],
    ),
    # what is tied to fewer runs goes before what is tied to more
    (
        '<model run="*">Foo</model>: <model run="1">Foo-7B</model>, <model run="1,2">Foo Base</model>, '
        '<year run="3">2020</year>',
        [{"model": ["foo-7b"]}, {"model": ["foo base"]}, {"model": ["foo"], "year": ["2020"]}],
    ),
    ('<year run="*">2023</year>, <params run="2">7B</params>', [{"params": ["7b"], "year": ["2023"]}]),
    # countries are all of them together
    (
        '<country run="*">Chile</country> <country run="1">Peru</country> <year run="2">2023</year>',
        [{"country": ["chile", "peru"]}, {"country": ["chile"], "year": ["2023"]}],
    ),
    # a total beside tied spans is of no run
    ('<training run="1">3 days</training>, in all <training>9 days</training>', [{"training": ["3 days"]}]),
]


@pytest.mark.parametrize(("tagged", "expected"), TIED)
def test_true_runs_of_tagged_documents(tagged: str, expected: list[dict[str, list[str]]]) -> None:
    runs = true_runs(parse(tagged, "a").document).runs
    assert [{label: sorted(fill.text for fill in fills) for label, fills in one.items()} for one in runs] == expected


def line(*records: Any, file: str = "a.txt") -> str:
    return json.dumps({"file": file, "stratum": "x", "records": list(records)})


NOTHING = dict.fromkeys(LABELS)


def test_true_runs_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "truth.jsonl"
    first = NOTHING | {"params": "**7B** parameters", "country": "France"}
    second = NOTHING | {"model": "Foo", "country": ["France", "Chile"]}
    file.write_text(line(first, second, file="some.folder/a.b.txt") + "\n\n" + line(file="c.txt") + "\n")
    one, empty = read_true_runs([file])
    assert (one.id, empty.id, empty.runs) == ("some.folder/a.b", "c", ())
    predicted = [run("m=foo; c=Chile, France"), run("p=7B; c=France")]
    scores = score_runs([one, empty], [{"id": one.id, "runs": predicted}, {"id": "c", "runs": []}])
    assert (scores["exact"]["f1"], scores["exact"]["support"]) == (1.0, 2)


BAD = [  # lines, what is said
    ([], "truth.jsonl: no line in it; expected JSON lines with true records"),
    (["{"], "truth.jsonl:1: no JSON"),
    (["[]"], 'truth.jsonl:1: expected an object with a "file" and a list of its "records"'),
    (['{"file": "a.txt"}'], "truth.jsonl:1: expected an object"),
    ([line(), line()], "truth.jsonl:2: the document 'a' again"),
    ([line("7B")], "truth.jsonl:1: record 1: found '7B'; expected an object with model, params"),
    ([line({"params": "7B"})], "truth.jsonl:1: record 1: found params; expected an object with model, params"),
    ([line(NOTHING)], "truth.jsonl:1: record 1: states nothing"),
    ([line(NOTHING | {"year": 2020})], "truth.jsonl:1: record 1: year is 2020; expected text, or null"),
    ([line(NOTHING | {"year": ["2020"]})], "year is ['2020']; expected text, or null"),
    ([line(NOTHING | {"country": [7]})], "country is [7]; expected text, a list of texts, or null"),
    ([line(NOTHING | {"model": " "})], "model is ' '; expected text, or null"),
]


@pytest.mark.parametrize(("lines", "message"), BAD)
def test_bad_true_records(lines: list[str], message: str, tmp_path: Path) -> None:
    file = tmp_path / "truth.jsonl"
    file.write_text("\n".join(lines))
    with pytest.raises(RunspanError) as caught:
        read_true_runs([file])
    assert message in str(caught.value)


def test_files_and_tagged_documents_together(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("<year>2020</year>")
    (tmp_path / "t.jsonl").write_text(line(file="b.txt"))
    assert [truth.id for truth in read_true_runs([tmp_path / "a.txt", tmp_path / "t.jsonl"])] == ["a", "b"]
    (tmp_path / "t.jsonl").write_text(line(file="a.txt"))
    with pytest.raises(RunspanError, match=r"t\.jsonl:1: the document 'a' again"):
        read_true_runs([tmp_path / "a.txt", tmp_path / "t.jsonl"])


def test_assembly_of_gold_spans_sees_no_ties() -> None:
    tagged = '<model run="2">Foo</model> took <training run="2">3 days</training>, in <year run="1">2020</year>.'
    document = parse(tagged, "a").document
    tied, untied = (list(assemble_gold_spans([one])) for one in (document, parse(_untied(tagged), "a").document))
    assert tied == untied
    assert [span["score"] for span in tied[0]["spans"]] == [1.0, 1.0, 1.0]


def _untied(tagged: str) -> str:
    return tagged.replace(' run="1"', "").replace(' run="2"', "")
