"""Tagged text with several runs → runs: one row a way of telling of them, and what holds of all documents."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runspan.assembly.runs import assemble
from runspan.base.documents import Document, Span
from runspan.base.labels import LABELS
from runspan.base.records import LIST_LABELS, Run
from runspan.language.markup import parse

SHORT = {"m": "model", "p": "params", "c": "gpu_count", "h": "hardware", "t": "training", "l": "country", "y": "year"}


def tagged(text: str) -> Document:
    """A document in which ``{t:3 days}`` is a span."""
    for key, label in SHORT.items():
        while (start := text.find("{" + key + ":")) >= 0:
            end = text.index("}", start)
            text = f"{text[:start]}<{label}>{text[start + 3 : end]}</{label}>{text[end + 1 :]}"
    return parse(text).document


def rows(runs: list[Run], labels: str) -> set[tuple[str, ...]]:
    """Texts of these fields (``mct``: model, count, duration) of each run, ``-`` where it has none."""
    return {tuple("; ".join(f.text for f in run.fields.get(SHORT[k], ())) or "-" for k in labels) for run in runs}


CASES = {
    "table of Markdown, a row a run": (
        "| Model | Params | GPUs | Time |\n|---|---|---|---|\n"
        "| {m:Heron-S} | {p:125M} | {c:8} {h:V100} | {t:2 days} |\n"
        "| {m:Heron-L} | {p:1.3B} | {c:64} {h:A100} | {t:9 days} |\n",
        "mpcht",
        {("Heron-S", "125M", "8", "V100", "2 days"), ("Heron-L", "1.3B", "64", "A100", "9 days")},
    ),
    "table of Markdown, a column a run": (
        "| | {m:Heron-S} | {m:Heron-L} |\n|---|---|---|\n| Parameters | {p:125M} | {p:1.3B} |\n"
        "| {h:Nvidia A100 40GB} | {c:8} | {c:64} |\n| Duration | {t:2 days} | {t:9 days} |\n",
        "mpcht",
        {
            ("Heron-S", "125M", "8", "Nvidia A100 40GB", "2 days"),
            ("Heron-L", "1.3B", "64", "Nvidia A100 40GB", "9 days"),
        },
    ),
    "table of HTML": (
        "<table><tr><th>Model</th><th>GPUs</th><th>Time</th></tr>"
        "<tr><td>{m:Heron-S}</td><td>{c:8} {h:V100}</td><td>{t:2 days}</td></tr>"
        "<tr><td>{m:Heron-L}</td><td>{c:64} {h:A100}</td><td>{t:9 days}</td></tr></table>",
        "mcht",
        {("Heron-S", "8", "V100", "2 days"), ("Heron-L", "64", "A100", "9 days")},
    ),
    "table as PDF extraction leaves it": (
        "Table 2. Models.\nModel        Params    GPUs        Time\n"
        "{m:Heron-S}      {p:125M}      {c:8} {h:V100}      {t:2 days}\n"
        "{m:Heron-M}      {p:350M}      {c:16} {h:V100}     {t:4 days}\n"
        "{m:Heron-L}      {p:1.3B}      {c:64} {h:A100}     {t:9 days}\n",
        "mpcht",
        {
            ("Heron-S", "125M", "8", "V100", "2 days"),
            ("Heron-M", "350M", "16", "V100", "4 days"),
            ("Heron-L", "1.3B", "64", "A100", "9 days"),
        },
    ),
    "ordered lists": (
        "Models of {p:7B}, {p:13B} and {p:70B} were trained on {c:8}, {c:16} and {c:64} {h:A100 GPUs}, respectively.",
        "pch",
        {("7B", "8", "A100 GPUs"), ("13B", "16", "A100 GPUs"), ("70B", "64", "A100 GPUs")},
    ),
    "blocks of keys": (
        "### {m:Heron-S}\n- GPUs: {c:8} x {h:V100}\n- Time: {t:2 days}\n\n"
        "### {m:Heron-L}\n- GPUs: {c:64} x {h:A100}\n- Time: {t:9 days}\n",
        "mcht",
        {("Heron-S", "8", "V100", "2 days"), ("Heron-L", "64", "A100", "9 days")},
    ),
    "clauses": (
        "{m:Heron-S} took {t:3 days} on {c:8} {h:V100s}; {m:Heron-L} took {t:5 days} on {c:16} {h:A100s}.",
        "mcht",
        {("Heron-S", "8", "V100s", "3 days"), ("Heron-L", "16", "A100s", "5 days")},
    ),
    "stages of one model": (
        "{m:Heron} ({p:1.3B}) is trained in two stages. Stage 1 ran on {c:64} {h:A100} for {t:9 days}. "
        "Stage 2 ran on {c:8} {h:H100} for {t:20 hours}.",
        "mpcht",
        {("Heron", "1.3B", "64", "A100", "9 days"), ("Heron", "1.3B", "8", "H100", "20 hours")},
    ),
    "ablations": (
        "| Variant | Params (M) | Time |\n|---|---|---|\n| {m:Heron} | {p:3.62M} | {t:38.5 h} |\n"
        "| w/o gates | {p:2.18M} | {t:14 h} |\n| w/o edges | {p:3.10M} | {t:33 h} |\n\n"
        "All on {c:one} {h:MI100}.",
        "pcht",
        {("3.62M", "one", "MI100", "38.5 h"), ("2.18M", "one", "MI100", "14 h"), ("3.10M", "one", "MI100", "33 h")},
    ),
    "facts of all runs": (
        "All models were trained on {c:8} {h:V100 GPUs} in {l:Norway} in {y:2021}.\n\n"
        "- {m:Heron-S}: {t:2 days}\n- {m:Heron-L}: {t:9 days}\n",
        "mchtly",
        {
            ("Heron-S", "8", "V100 GPUs", "2 days", "Norway", "2021"),
            ("Heron-L", "8", "V100 GPUs", "9 days", "Norway", "2021"),
        },
    ),
    "comparison by name": (
        "{m:Heron-L} was trained on {c:64} {h:A100 GPUs} for {t:9 days}. It beats GPT-2 and BERT.",
        "mcht",
        {("Heron-L", "64", "A100 GPUs", "9 days")},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_runs_of_a_text(name: str) -> None:
    text, labels, expected = CASES[name]
    runs, unassigned = assemble(tagged(text))
    assert rows(runs, labels) == expected
    assert len(runs) == len(expected)
    assert unassigned == []


def test_a_total_over_runs_stays_unassigned() -> None:
    document = tagged(
        "| Stage | GPUs | Time |\n|---|---|---|\n| one | {c:64} | {t:100 hours} |\n| two | {c:8} | {t:40 hours} |\n"
        "| Total | | {t:140 hours} |\n"
    )
    runs, unassigned = assemble(document)
    assert rows(runs, "ct") == {("64", "100 hours"), ("8", "40 hours")}
    assert [document.surface(document.spans[k]) for k in unassigned] == ["140 hours"]


def test_mentions_of_a_value_are_joined_within_its_run() -> None:
    runs, unassigned = assemble(
        tagged(
            "{m:Heron-S} took {t:3 days} on {c:8} {h:V100s}.\n\n{m:Heron-L} took {t:5 days} on {c:16} {h:A100s}.\n\n"
            "We release {m:Heron-S} and {m:Heron-L}."
        )
    )
    assert {run.fields["model"][0].text: len(run.fields["model"][0].mentions) for run in runs} == {
        "Heron-S": 2,
        "Heron-L": 2,
    }
    assert unassigned == []


def test_the_main_run_is_the_largest_of_which_most_is_said() -> None:
    runs, _ = assemble(tagged(CASES["clauses"][0] + " {m:Heron-L} is the one that we recommend."))
    assert [run.fields["model"][0].text for run in runs] == ["Heron-L", "Heron-S"]


def test_uncertain_spans_make_no_run_of_their_own() -> None:
    document = tagged("{m:Heron} took {t:3 days} on {c:8} {h:V100s}.\n\nA pilot took {t:5 hours}.")
    scores = (0.9, 0.9, 0.9, 0.9, 0.4)
    spans = tuple(replace(span, score=score) for span, score in zip(document.spans, scores, strict=True))
    runs, unassigned = assemble(replace(document, spans=spans))
    assert (len(runs), unassigned) == (1, [4])


WORDS = {
    "model": ("Heron", "Heron-7B", "Egret"),
    "params": ("7B", "13B", "1.3 billion"),
    "gpu_count": ("8", "64", "one"),
    "hardware": ("V100", "A100s", "TPU v3"),
    "training": ("3 days", "72 hours", "a while", "100 GPU hours"),
    "country": ("France", "Norway", "Nowhere"),
    "year": ("2020", "2021"),
}
BETWEEN = (" ", ", ", ". ", " and ", "\n", "\n\n", " | ", "\n| ", "\n- ", "\n## ", "    ", "<tr><td>", "Abstract\n")


@st.composite
def documents(draw: st.DrawFn) -> Document:
    text, spans = draw(st.sampled_from(("", "Title\nAbstract\n", "<table>", "Total: "))), []
    for label in draw(st.lists(st.sampled_from(LABELS), max_size=14)):
        text += draw(st.sampled_from(BETWEEN))
        word = draw(st.sampled_from(WORDS[label]))
        spans.append(Span(len(text), len(text) + len(word), label, draw(st.sampled_from((None, 0.4, 0.9)))))
        text += word
    return Document("d", text, tuple(spans))


@settings(max_examples=150, deadline=None)
@given(documents())
def test_of_any_document(document: Document) -> None:
    runs, unassigned = assemble(document)
    assert (runs, unassigned) == assemble(document)
    assert bool(runs) or not any(span.label in ("model", "hardware") for span in document.spans)
    mentioned: Counter[Any] = Counter()
    for run in runs:
        for label, values in run.fields.items():
            assert len(values) <= 1 or label in LIST_LABELS
            for value in values:
                assert document.text[value.start : value.end] == value.text
                assert (value.start, value.end) in value.mentions or value.inferred_from
                mentioned.update({(start, end, label) for start, end in value.mentions})
    for k, span in enumerate(document.spans):
        assert ((span.start, span.end, span.label) in mentioned) != (k in unassigned)


def test_many_spans_take_little_more_time_each() -> None:
    text, spans = "", []
    for k in range(1_500):
        word = f"{k + 1} days"
        spans.append(Span(len(text), len(text) + len(word), "training", 0.9))
        text += f"{word} | "
    runs, unassigned = assemble(Document("d", text, tuple(spans)))
    assert len(runs) + len(unassigned) >= 1_500
