"""A training → ``report.md`` with its figures, beside the model."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from runspan.base.errors import RunspanError
from runspan.jobs.bootstrap import LEVEL
from runspan.jobs.confusion import count_confusion
from runspan.jobs.corpus_statistics import SplitStatistics
from runspan.jobs.span_errors import KINDS, SpanError, find_errors
from runspan.jobs.span_scores import score_spans
from runspan.jobs.training_curve import FILE as CURVE
from runspan.jobs.training_report import TrainingReport
from runspan.publish.error_list import describe_span, escape, in_context, write_error_list
from runspan.publish.templates import NOTHING, render, score_cell
from runspan.publish.training_report.confusion_matrix import MISSED, SPURIOUS, draw_confusion, matrix
from runspan.publish.training_report.curves import draw_curves
from runspan.publish.training_report.earlier_run import (
    Difference,
    TrainedRun,
    compare_scores,
    compare_settings,
    read_run,
)
from runspan.publish.training_report.length_histograms import draw_lengths, entity_lengths

PAGE = "report.md"
ERRORS = "report_errors.md"
_SUREST = 20


def write_training_report(
    folder: Path,
    report: TrainingReport,
    corpus: Mapping[str, SplitStatistics],
    labels: Sequence[str],
    earlier: TrainedRun | None = None,
) -> None:
    """Write the page and its figures into a model folder that holds all else.

    Args:
        folder: With ``metrics.json``, ``run_config.yaml`` and ``training_curve.jsonl``.
        report: What the training came to.
        corpus: What the splits of its dataset hold.
        labels: Of the model, in order.
        earlier: The training that it is compared with.

    Raises:
        RunspanError: A file is broken, or can't be written.
    """
    errors = find_errors(report.test)
    confusion = count_confusion(report.test)
    write_error_list(folder / ERRORS, errors)
    draw_curves(folder / "report_curves.svg", _read_log(folder / CURVE))
    draw_confusion(folder / "report_confusion.svg", confusion, labels)
    draw_lengths(folder / "report_lengths.svg", report.window_tokens, entity_lengths(corpus.values()))
    now = read_run(folder)
    page = render(
        __package__,
        "report.md.jinja",
        metrics=report.metrics,
        level=f"{LEVEL:.0%}",
        scores=list(_score_rows(report, labels)),
        labels=labels,
        confusion=list(zip([*labels, SPURIOUS], matrix(confusion, labels), strict=True)),
        missed=MISSED,
        kinds=[(kind, sum(error.kind == kind for error in errors)) for kind in KINDS],
        surest=[_error_row(error) for error in _surest(errors)],
        corpus=corpus,
        span_counts=[(label, [split.summary.entities[label] for split in corpus.values()]) for label in labels],
        windows=len(report.window_tokens),
        longest_window=max(report.window_tokens, default=0),
        earlier=earlier,
        same_data=earlier is not None and earlier.config.get("data_sha256") == now.config.get("data_sha256"),
        score_differences=[_score_difference(one) for one in compare_scores(earlier, now)] if earlier else [],
        setting_differences=[_setting_difference(one) for one in compare_settings(earlier, now)] if earlier else [],
    )
    try:
        (folder / PAGE).write_text(page, encoding="utf-8")
    except OSError as error:
        raise RunspanError(f"{folder / PAGE}: can't be written ({error.strerror or error})") from error


def _read_log(file: Path) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise RunspanError(f"{file}: can't be read ({error}); expected the log that train.py writes") from error


def _score_rows(report: TrainingReport, labels: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Strict scores of the test documents, a label a row, and of all."""
    scores = score_spans(report.test)
    yield from ((label, scores["per_label"][label]) for label in labels if label in scores["per_label"])
    yield "all", scores


def _surest(errors: Sequence[SpanError]) -> list[SpanError]:
    """The wrong predictions that the model is surest of."""
    predicted = [(error.predicted.score or 0.0, error) for error in errors if error.predicted]
    return [error for _, error in sorted(predicted, key=lambda pair: -pair[0])[:_SUREST]]


def _error_row(error: SpanError) -> tuple[str, ...]:
    score = error.predicted.score if error.predicted else None
    spans = (describe_span(error.tagged), describe_span(error.predicted))
    return score_cell(score), error.kind, escape(error.document.id), *spans, escape(in_context(error))


def _score_difference(one: Difference) -> tuple[str, ...]:
    """F1 of a label before, now, and what it gained.

    >>> _score_difference(Difference("year", 0.5, 0.75)), _score_difference(Difference("year", None, 0.75))
    (('year', '0.500', '0.750', '+0.250'), ('year', '–', '0.750', '–'))
    """
    known = one.before is not None and one.now is not None
    gained = f"{one.now - one.before:+.3f}" if known else NOTHING
    return one.name, score_cell(one.before), score_cell(one.now), gained


def _setting_difference(one: Difference) -> tuple[str, ...]:
    return escape(one.name), *(NOTHING if value is None else escape(str(value)) for value in (one.before, one.now))
