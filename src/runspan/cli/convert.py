"""``runspan convert INPUT… --to FORMAT --output PATH``: tagged or predicted documents to and from annotation tools."""

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from runspan.base.labels import LABELS
from runspan.cli.console import messages
from runspan.cli.options import Options
from runspan.publish.annotation.conversion import convert
from runspan.publish.annotation.formats import FORMATS, SOURCES
from runspan.publish.annotation.intake import Intake
from runspan.publish.annotation.offsets import UNITS
from runspan.publish.annotation.outgoing import Target

_DESCRIPTION = """Convert tagged documents between seed files and the formats of annotation tools, or records to
documents to correct. Every fault is listed, and then nothing is written; what a format can't hold is counted."""


def main(argv: Sequence[str]) -> int:
    """Read, write, say what was left out."""
    args = parse_options(argv)
    intake = Intake(args.labels, args.drop_unfit, args.offsets)
    target = Target(args.output, args.labels, lossless=args.lossless)
    done = convert(args.paths, args.to, target, intake, args.source, args.texts)
    counts = f"{done.documents} documents, {done.spans} spans, {done.run_ties} run ties"
    messages.print(f"{counts}: {done.source} → {args.to}, {args.output}", soft_wrap=True)
    _print_counts("left out of what was read", done.left_in_source)
    _print_counts(f"not held by {args.to}", done.lost)
    if done.joined:
        messages.print(f"documents whose text was joined from words, by single spaces: {done.joined}")
    return 0


def _print_counts(title: str, counts: Counter[str]) -> None:
    if counts:
        messages.print(f"{title}: {', '.join(f'{count} {name}' for name, count in counts.items())}", soft_wrap=True)


def parse_options(argv: Sequence[str]) -> argparse.Namespace:
    """What was typed.

    Raises:
        RunspanError: It can't be meant.
    """
    parser = Options("convert", _DESCRIPTION)
    parser.add_argument("paths", nargs="+", type=Path, metavar="INPUT", help="files or folders, all of one format")
    parser.add_argument("--to", required=True, choices=FORMATS, help="format to write")
    parser.add_argument("--output", required=True, type=Path, metavar="PATH", help="a file; a new folder (seeds, brat)")
    parser.add_argument("--from", dest="source", choices=SOURCES, help="format to read (default: as the files show)")
    parser.add_argument(
        "--texts", nargs="+", default=[], metavar="PATH", help="records: the documents that infer.py read"
    )
    parser.add_argument("--labels", nargs="+", default=list(LABELS), help="labels of the spans")
    parser.add_argument(
        "--drop_unfit",
        action="store_true",
        help="drop and count spans that overlap, begin or end inside a word, or have another label (else: faults)",
    )
    parser.add_argument(
        "--lossless", action="store_true", help="conll: keep white space, run ties and ids in columns 2, 3"
    )
    parser.add_argument("--offsets", choices=UNITS, help="what the input's offsets count (default: as its tool does)")
    return parser.parse_args(argv)
