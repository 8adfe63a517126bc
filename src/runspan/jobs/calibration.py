"""Held-out documents → the calibrations of a model, and how far its confidences are from what turns out right.

A span is right where a tagged one has the same characters and label. A field of a run is right where the run answers to
a true one (:mod:`runspan.jobs.run_alignment`) that fills the slot with the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from runspan.assembly.runs import assemble
from runspan.base.documents import Document, Span
from runspan.base.labels import LABELS
from runspan.base.records import LIST_LABELS, Run
from runspan.jobs.confidence import Confidence
from runspan.jobs.record_truth import true_runs
from runspan.jobs.run_alignment import align_runs
from runspan.jobs.slot_fills import slots_of_run
from runspan.modeling.calibration import expected_calibration_error, fit_calibration, reliability


@dataclass(slots=True)
class Findings:
    """Scores of what was predicted, and whether each is right."""

    scores: list[float] = field(default_factory=list)
    correct: list[bool] = field(default_factory=list)

    def report(self) -> dict[str, Any]:
        """``expected_calibration_error``, ``findings`` (their number) and ``bins``, for reports."""
        bins = reliability(self.scores, self.correct)
        return {
            "expected_calibration_error": expected_calibration_error(bins),
            "findings": len(self.scores),
            "bins": [asdict(one) for one in bins],
        }


def span_findings(tagged: Iterable[Sequence[Span]], predicted: Iterable[Sequence[Span]]) -> Findings:
    """Predicted spans, a sequence a document, beside the tagged ones of the same documents.

    >>> span_findings([[Span(0, 4, "year")]], [[Span(0, 4, "year", 0.9), Span(5, 9, "year", 0.4)]])
    Findings(scores=[0.9, 0.4], correct=[True, False])
    """
    findings = Findings()
    for true, found in zip(tagged, predicted, strict=True):
        ranges = {(span.start, span.end, span.label) for span in true}
        for span in found:
            findings.scores.append(1.0 if span.score is None else span.score)
            findings.correct.append((span.start, span.end, span.label) in ranges)
    return findings


def field_findings(tagged: Iterable[Document], predicted: Iterable[Sequence[Run]]) -> Findings:
    """Fields of predicted runs, a sequence a document, beside the ties of the tagged documents."""
    findings = Findings()
    for document, found in zip(tagged, predicted, strict=True):
        runs = [run.as_dict(LABELS) for run in found]
        slots = [slots_of_run(run) for run in runs]
        matching = {id(pair.predicted): pair.matching for pair in align_runs(true_runs(document).runs, slots).pairs}
        for run, filled in zip(runs, slots, strict=True):
            for label in filled:
                findings.scores.append(_score(label, run))
                findings.correct.append(label in matching.get(id(filled), ()))
    return findings


def _score(label: str, run: Mapping[str, Any]) -> float:
    """The score of a field; of several countries, which are right or wrong together, the lowest."""
    fields = run[label] if label in LIST_LABELS else [run[label]]
    return float(min(one["score"] for one in fields if not one.get("inferred_from")))


def calibrate(tagged: Sequence[Document], predicted: Sequence[Document]) -> Confidence:
    """The calibrations of the model that predicted documents, with its bare scores, that it was not trained on.

    The fields are fitted after the spans, on what is assembled from confidences.
    """
    spans = span_findings(*_spans(tagged, predicted))
    confidence = Confidence(fit_calibration(spans.scores, spans.correct))
    fields = field_findings(tagged, _runs(predicted, confidence))
    return Confidence(confidence.spans, fit_calibration(fields.scores, fields.correct))


def measure(tagged: Sequence[Document], predicted: Sequence[Document], confidence: Confidence) -> dict[str, Any]:
    """How far confidences are from what turns out right, for reports: :meth:`Findings.report` of ``spans``, ``fields``.

    Args:
        tagged: Documents that neither the model was trained on nor the confidence fitted to.
        predicted: The same with the bare scores of the model.
        confidence: What turns these into confidences.
    """
    found = [confidence.of_spans(document) for document in predicted]
    fields = field_findings(tagged, _runs(predicted, confidence))
    return {"spans": span_findings(*_spans(tagged, found)).report(), "fields": fields.report()}


def _spans(*sides: Sequence[Document]) -> Iterator[list[Sequence[Span]]]:
    return ([document.spans for document in documents] for documents in sides)


def _runs(predicted: Iterable[Document], confidence: Confidence) -> list[list[Run]]:
    return [confidence.of_fields(assemble(confidence.of_spans(document))[0]) for document in predicted]
