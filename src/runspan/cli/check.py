"""``runspan check PATH…``: every fault of every seed file; a table of what they hold where there is none."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from runspan.base.documents import Document
from runspan.base.labels import LABELS
from runspan.base.words import split_words
from runspan.cli.console import output, table
from runspan.cli.options import Options
from runspan.language.seeds import read_seeds


def main(argv: Sequence[str]) -> int:
    """Check seed files."""
    parser = Options("check", "Check seed files: markup, spans that words can carry.")
    parser.add_argument("paths", nargs="+", metavar="PATH", help="seed files, or folders of *.txt files")
    parser.add_argument("--labels", nargs="+", default=list(LABELS), help="labels of the markup")
    args = parser.parse_args(argv)
    documents = read_seeds(args.paths, args.labels)
    kinds = [(kind, list(group)) for kind, group in groupby(documents, key=_kind)]
    rows = [[kind, *_counts(group, args.labels)] for kind, group in kinds]
    if len(rows) > 1:
        rows.append(["all", *_counts(documents, args.labels)])
    columns = ["folder", "documents", "untagged", "several runs", "words", *args.labels]
    output.print(table("Seed files, no fault", columns, rows))
    return 0


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
