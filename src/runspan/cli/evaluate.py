"""``runspan evaluate --gold PATH --pred RECORDS.jsonl --output metrics.json``: strict span scores."""

import json
from collections.abc import Sequence
from pathlib import Path

from runspan.base.errors import RunspanError
from runspan.base.labels import LABELS
from runspan.cli.console import messages, output, table
from runspan.cli.options import Options
from runspan.language.seeds import read_seeds
from runspan.publish.read_records import read_records


def main(argv: Sequence[str]) -> int:
    """Score records against tagged documents."""
    parser = Options("evaluate", "Score records against tagged documents.")
    parser.add_argument("--gold", required=True, nargs="+", metavar="PATH", help="tagged files, or folders of *.txt")
    parser.add_argument("--pred", required=True, type=Path, metavar="RECORDS.jsonl", help="what infer.py wrote")
    parser.add_argument("--output", type=Path, metavar="metrics.json", help="where the scores go, as JSON")
    args = parser.parse_args(argv)
    gold = read_seeds(args.gold)
    records = list(read_records(args.pred))
    from runspan.jobs.evaluation import score_records

    scores = score_records(gold, records)
    rows = [(name, scores["per_label"][name]) for name in LABELS if name in scores["per_label"]] + [("all", scores)]
    cells = [
        [name, *(f"{row[key]:.3f}" for key in ("precision", "recall", "f1")), row["support"]] for name, row in rows
    ]
    output.print(table("Strict span scores", ["label", "precision", "recall", "F1", "gold spans"], cells))
    if scores["missing"]:
        messages.print(f"no record for {len(scores['missing'])} document(s): {', '.join(scores['missing'][:5])}")
    if args.output:
        _write(args.output, json.dumps(scores, indent=2) + "\n")
    return 0


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RunspanError(f"{file}: can't be written ({error.strerror or error})") from error
