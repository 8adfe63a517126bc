"""``runspan evaluate --pred RECORDS.jsonl [--gold PATH …] [--records PATH …] [--fields TRUTH.jsonl]``: scores.

``--gold`` scores their spans against tagged documents, ``--records`` their runs against true ones, ``--fields`` what
they say of a whole document. ``--from_gold_spans`` in place of ``--pred`` scores the assembly of runs alone.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runspan.base.errors import RunspanError
from runspan.cli.console import messages, output, table
from runspan.cli.options import Options
from runspan.jobs import bootstrap
from runspan.jobs.calibration import span_findings
from runspan.jobs.comparison import APPROXIMATORS, STRICT, compare_records
from runspan.jobs.field_scores import score_fields
from runspan.jobs.field_truth import read_field_truth
from runspan.jobs.gold_assembly import assemble_gold_spans
from runspan.jobs.record_scores import score_runs
from runspan.jobs.record_truth import read_true_runs
from runspan.jobs.span_errors import find_errors
from runspan.jobs.span_scores import score_spans
from runspan.language.seeds import read_seeds
from runspan.publish.error_list import write_error_list
from runspan.publish.read_records import read_records
from runspan.publish.reliability_diagram import write_reliability_diagram

_SCORES = ("precision", "recall", "F1", f"{bootstrap.LEVEL:.0%}")
Records = Sequence[Mapping[str, Any]]


def main(argv: Sequence[str]) -> int:
    """Score records against tagged documents, true runs, true fields, or several of these."""
    args = parse_options(argv)
    records = list(assemble_gold_spans(read_seeds(args.gold)) if args.from_gold_spans else read_records(args.pred))
    scores = _evaluate_spans(records, args) if args.gold and not args.from_gold_spans else {}
    if args.records:
        scores["records"] = _evaluate_runs(records, args.records)
    if args.fields:
        scores["fields"] = _evaluate_fields(records, args.fields)
    scores["bootstrap"] = bootstrap.describe()
    if args.output:
        _write(args.output, json.dumps(scores, indent=2) + "\n")
    return 0


def parse_options(argv: Sequence[str]) -> argparse.Namespace:
    """What was typed.

    Raises:
        RunspanError: It can't be meant.
    """
    about = (
        "Score records against tagged documents (--gold), true runs (--records), true fields (--fields), or several."
    )
    parser = Options("evaluate", about)
    predicted = parser.add_mutually_exclusive_group(required=True)
    predicted.add_argument("--pred", type=Path, metavar="RECORDS.jsonl", help="what infer.py wrote")
    predicted.add_argument(
        "--from_gold_spans",
        action="store_true",
        help="score the assembly alone: the runs of the tagged spans of --gold",
    )
    parser.add_argument("--gold", nargs="+", metavar="PATH", help="tagged files, or folders of *.txt")
    parser.add_argument(
        "--records", nargs="+", metavar="PATH", help='true records (*.jsonl), or documents tagged with run="…"'
    )
    parser.add_argument("--fields", type=Path, metavar="TRUTH.jsonl", help="true fields of documents, one a line")
    parser.add_argument(
        "--approximators",
        choices=APPROXIMATORS,
        default=STRICT,
        help="either: a training span is right with or without its leading 'about', '~' and the like (default: strict)",
    )
    parser.add_argument("--errors", type=Path, metavar="FILE.md", help="where each wrong span goes, in its context")
    parser.add_argument(
        "--reliability", type=Path, metavar="FILE.svg", help="where the reliability diagram of the spans goes"
    )
    parser.add_argument("--output", type=Path, metavar="metrics.json", help="where the scores go, as JSON")
    args = parser.parse_args(argv)
    if args.from_gold_spans and not (args.gold and (args.records or args.fields)):
        parser.error("--from_gold_spans needs --gold for the spans, and --records or --fields for what is true")
    if not args.gold and not args.records and not args.fields:
        parser.error("nothing to score against: give --gold, --records, --fields, or several of them")
    if (args.from_gold_spans or not args.gold) and (args.errors or args.reliability or args.approximators != STRICT):
        parser.error(
            "--errors, --reliability and --approximators are about predicted spans, and need --pred and --gold"
        )
    return args


def _evaluate_spans(records: Records, args: argparse.Namespace) -> dict[str, Any]:
    """Score spans, print the scores, and write the list of errors if it is wanted."""
    compared = compare_records(read_seeds(args.gold), records, args.approximators)
    scores = score_spans(compared)
    _print_spans("Strict span scores", scores)
    _print_spans("Partial span scores: the same label, and at least one character in common", scores["partial"])
    _print_missing(scores["missing"], "tagged document(s)")
    spans = ([*one.document.spans] for one in compared), ([*one.predicted] for one in compared)
    calibration = span_findings(*spans).report()
    messages.print(f"expected calibration error of the spans: {calibration['expected_calibration_error']:.3f}")
    if args.reliability:
        write_reliability_diagram(args.reliability, {"spans": calibration})
    if args.errors:
        errors = find_errors(compared)
        write_error_list(args.errors, errors)
        messages.print(f"{len(errors)} wrong spans: {args.errors}")
    return {**scores, "calibration": calibration, "approximators": args.approximators}


def _evaluate_runs(records: Records, paths: Sequence[str]) -> dict[str, Any]:
    """Score runs, and print the scores."""
    scores = score_runs(read_true_runs(paths), records)
    _print_runs("Scores of runs", scores)
    if scores["several_runs"]:
        _print_runs("Scores of runs, in documents with several", scores["several_runs"])
    _print_missing(scores["missing"], "document(s) with true runs")
    return scores


def _evaluate_fields(records: Records, file: Path) -> dict[str, Any]:
    """Score fields, and print the scores."""
    scores = score_fields(read_field_truth(file), records)
    _print_fields("Strict field scores", scores["strict"], "correct")
    _print_fields("Soft field scores", scores["soft"], "found")
    _print_missing(scores["missing"], "document(s) with true fields")
    return scores


def _print_spans(title: str, scores: Mapping[str, Any]) -> None:
    counted = ("correct", "predicted", "support")
    rows = [*scores["per_label"].items(), ("all", scores)]
    cells = [[name, *_score_cells(row), *(row[key] for key in counted)] for name, row in rows]
    output.print(table(title, ["label", *_SCORES, "correct", "predicted", "gold"], cells))


def _print_runs(title: str, scores: Mapping[str, Any]) -> None:
    counted = ("correct", "predicted", "support")
    rows = [*scores["slots"]["per_field"].items(), ("all fields", scores["slots"]), ("exact runs", scores["exact"])]
    cells = [[name, *_score_cells(row), *(row[key] for key in counted)] for name, row in rows]
    output.print(table(title, ["field", *_SCORES, "correct", "predicted", "true"], cells))
    count, interval = scores["run_count"], f"{bootstrap.LEVEL:.0%}"
    names = ("mean_absolute_error", "right")
    counts = [cell for name in names for cell in (f"{count[name]:.3f}", _interval_cell(count[f"{name}_interval"]))]
    columns = ["documents", "count error", interval, "right count", interval, *scores["runs"]]
    output.print(table("Number of runs", columns, [[scores["documents"], *counts, *scores["runs"].values()]], 0))


def _print_fields(title: str, scores: Mapping[str, Any], correct: str) -> None:
    counted = (correct, "predicted", "support")
    cells = [[name, *_score_cells(row), *(row[key] for key in counted)] for name, row in scores["per_field"].items()]
    macro = [f"{scores['macro_f1']:.3f}", _interval_cell(scores["macro_f1_interval"])]
    cells.append(["macro", None, None, *macro, None, None, None])
    output.print(table(title, ["field", *_SCORES, correct, "predicted", "true"], cells))


def _score_cells(row: Mapping[str, Any]) -> list[str]:
    return [*(f"{row[key]:.3f}" for key in ("precision", "recall", "f1")), _interval_cell(row["f1_interval"])]


def _interval_cell(interval: Sequence[float] | None) -> str:
    return "" if interval is None else "–".join(f"{bound:.3f}" for bound in interval)


def _print_missing(ids: Sequence[str], what: str) -> None:
    if ids:
        messages.print(f"no record for {len(ids)} {what}: {', '.join(ids[:5])}{' …' if len(ids) > 5 else ''}")


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RunspanError(f"{file}: can't be written ({error.strerror or error})") from error
