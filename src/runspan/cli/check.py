"""``runspan check PATH…``: faults and likely slips of seed files, and tables of what they hold."""

import argparse
from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from rich.table import Table

from runspan.base.documents import Document
from runspan.base.errors import Fault, FaultsError
from runspan.base.labels import LABELS
from runspan.base.words import split_words
from runspan.cli.console import messages, output, table
from runspan.cli.options import Options
from runspan.language.conventions import find_faults, find_warnings
from runspan.language.distribution import FEWEST_DOCUMENTS, LARGEST_SHARE, Frequent, most_frequent
from runspan.language.near_duplicates import near_duplicate_keys
from runspan.language.seeds import find_seed_files, read_seed

_DESCRIPTION = """Check seed files. Faults (exit code 2): markup, spans that words can't carry, broken conventions.
Warnings: likely slips, near-duplicates, values that too many documents share."""


def main(argv: Sequence[str]) -> int:
    """Check seed files."""
    args = parse_options(argv)
    documents = _read(args.paths, args.labels)
    frequent = most_frequent(documents, args.labels)
    warnings = [fault for document in documents for fault in find_warnings(document)]
    warnings += [*_near_duplicates(documents), *_too_frequent(frequent, args.paths)]
    output.print(_contents(documents, args.labels))
    if len(documents) >= FEWEST_DOCUMENTS:
        output.print(_frequent_values(frequent))
    for warning in warnings:
        messages.print(str(warning), soft_wrap=True)
    if warnings:
        messages.print(f"{len(warnings)} warning{'s' * (len(warnings) > 1)}")
    return 2 if warnings and args.strict else 0


def parse_options(argv: Sequence[str]) -> argparse.Namespace:
    """What was typed.

    Raises:
        RunspanError: It can't be meant.
    """
    parser = Options("check", _DESCRIPTION)
    parser.add_argument("paths", nargs="+", metavar="PATH", help="seed files, or folders of *.txt files")
    parser.add_argument("--labels", nargs="+", default=list(LABELS), help="labels of the markup")
    parser.add_argument("--strict", action="store_true", help="exit with 2 where there is a warning, too")
    return parser.parse_args(argv)


def _read(paths: Sequence[str], labels: Sequence[str]) -> list[Document]:
    """Documents of seed files; every fault of every file at once."""
    documents, faults = [], []
    for id, file in find_seed_files(paths):
        document, found = read_seed(file, id, labels)
        documents.append(document)
        faults += found or find_faults(document)
    if faults:
        raise FaultsError(faults)
    return documents


def _near_duplicates(documents: Sequence[Document]) -> list[Fault]:
    """A warning for each document but the first of a group."""
    sources = {document.id: document.source for document in documents}
    groups = near_duplicate_keys(documents)
    return [
        Fault(sources[id], 1, 1, f"shares much of its text with {sources[first]}: rewrite one of them, or take it out")
        for id, first in groups.items()
        if id != first
    ]


def _too_frequent(frequent: Sequence[Frequent], paths: Sequence[str]) -> list[Fault]:
    return [
        Fault(
            " ".join(paths),
            0,
            0,
            f"{value.documents} of {value.of} documents with a {value.label} have {value.value!r} ({value.share:.0%}); "
            f"expected at most {LARGEST_SHARE[value.label]:.0%}: vary it",
        )
        for value in frequent
        if value.is_too_frequent
    ]


def _contents(documents: Sequence[Document], labels: Sequence[str]) -> Table:
    kinds = [(kind, list(group)) for kind, group in groupby(documents, key=_kind)]
    rows = [[kind, *_counts(group, labels)] for kind, group in kinds]
    if len(rows) > 1:
        rows.append(["all", *_counts(documents, labels)])
    columns = ["folder", "documents", "untagged", "several runs", "words", *labels]
    return table("Seed files, no fault", columns, rows)


def _frequent_values(frequent: Sequence[Frequent]) -> Table:
    rows = [[v.label, v.value, v.documents, v.of, f"{v.share:.1%}", _bound(v)] for v in frequent]
    columns = ["label", "value", "documents", "of", "share", "at most"]
    return table("Most frequent value a label", columns, rows, text_columns=2)


def _bound(value: Frequent) -> str | None:
    is_bounded = value.of >= FEWEST_DOCUMENTS and value.label in LARGEST_SHARE
    return f"{LARGEST_SHARE[value.label]:.0%}" if is_bounded else None


def _kind(document: Document) -> str:
    return document.id.rpartition("/")[0] or "."


def _counts(documents: Sequence[Document], labels: Sequence[str]) -> list[int]:
    spans = Counter(span.label for document in documents for span in document.spans)
    return [
        len(documents),
        sum(not document.spans for document in documents),
        sum(len(document.run_numbers()) > 1 for document in documents),
        sum(len(split_words(document.text)) for document in documents),
        *(spans[label] for label in labels),
    ]
