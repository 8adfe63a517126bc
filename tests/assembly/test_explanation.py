"""Explanations: every span has its runs and its reasons, the same that the assembly had."""

from dataclasses import replace

import pytest

from runspan.assembly.explanation import explain_runs
from runspan.assembly.runs import assemble
from runspan.base.documents import Document, Span
from runspan.language.markup import parse

TABLE = parse(
    "Both on <hardware>A100</hardware> GPUs in <country>France</country>.\n\n| model | size | GPUs | hours |\n"
    "|---|---|---|---|\n"
    "| <model>Foo-7B</model> | <params>7B</params> | <gpu_count>8</gpu_count> | <training>100 hours</training> |\n"
    "| <model>Foo-13B</model> | <params>13B</params> | <gpu_count>16</gpu_count> | <training>200 hours</training> |\n",
    id="a",
).document
PAPER = parse(
    "Foo\n\nAbstract\nWe propose <model>Foo</model>.\n\nExperiments\nTrained on <gpu_count>8</gpu_count> "
    "<hardware>V100</hardware> for <training>3 days</training>.\n\nReferences\n[1] Bar, on <hardware>P100</hardware>.",
    id="p",
).document


@pytest.mark.parametrize("document", [TABLE, PAPER], ids=["table", "paper"])
def test_every_span_has_its_runs_and_reasons(document: Document) -> None:
    runs, unassigned = assemble(document)
    explained = explain_runs(document, runs)
    assert [one.mention.span for one in explained] == list(document.spans)
    assert [k for k, one in enumerate(explained) if not one.runs] == unassigned
    assert all(one.reasons for one in explained)


def test_what_was_decided_is_said() -> None:
    explained = {one.mention.text: one for one in explain_runs(TABLE, assemble(TABLE)[0])}
    own, shared = explained["7B"], explained["A100"]
    assert len(own.runs) == 1
    assert any(reason.startswith("grouped with") for reason in own.reasons)
    assert any(reason.startswith("its group is a run: score +") for reason in own.reasons)
    assert shared.runs == (1, 2)
    assert any(reason.startswith("shared with the run of") for reason in shared.reasons)


def test_an_unsure_mention_is_no_run() -> None:
    spans = tuple(replace(span, score=0.3) for span in TABLE.spans if span.label == "country") or ()
    (one,) = explain_runs(replace(TABLE, spans=spans), [])
    assert one.runs == ()
    assert one.reasons[0] == "its group is no run: no model, size, count, device or duration in it"


def test_nothing_to_explain() -> None:
    assert explain_runs(Document("a", "text"), []) == []


def test_many_mentions() -> None:
    text = "8 V100 " * 400
    spans = [Span(7 * i, 7 * i + 1, "gpu_count", 0.9) for i in range(400)]
    document = Document("a", text, tuple(spans))
    assert len(explain_runs(document, assemble(document)[0])) == 400
