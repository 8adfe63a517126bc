"""``runspan report RECORDS.jsonl --output PAGE.html``: a page to look through the records and correct them."""

from collections.abc import Sequence
from pathlib import Path

from runspan.base.errors import RunspanError
from runspan.cli.console import messages
from runspan.cli.options import Options
from runspan.publish.find_texts import find_texts
from runspan.publish.read_records import read_records
from runspan.publish.review_page.page import ReviewPageWriter, check_page

_DESCRIPTION = """Write a page to look through records and correct them, in one file that a browser opens from disk."""


def main(argv: Sequence[str]) -> int:
    """Write the page; say what is in it."""
    parser = Options("report", _DESCRIPTION)
    parser.add_argument("records", metavar="RECORDS.jsonl", type=Path, help="as infer.py writes them")
    parser.add_argument("--output", required=True, metavar="PAGE.html", type=Path)
    parser.add_argument(
        "--texts",
        nargs="+",
        default=[],
        metavar="PATH",
        help="where the texts are now, if not where they were read: txt, md, jsonl files, folders of them",
    )
    args = parser.parse_args(argv)
    check_page(args.output)
    texts = find_texts(read_records(args.records), args.texts)
    missing = documents = 0
    with ReviewPageWriter(args.output) as page:
        for record in read_records(args.records):
            text = texts.get(record["sha256"])
            try:
                page.write(record, text)
            except (KeyError, TypeError, AttributeError, IndexError) as error:
                message = f"{args.records}: the record {record['id']!r} is not as infer.py writes it ({error!r})"
                raise RunspanError(message) from error
            documents += 1
            missing += text is None and record["error"] is None
    if missing:
        messages.print(f"{missing} of {documents} texts were not found; name their files or folders with --texts")
    messages.print(f"{documents} documents → {args.output}")
    return 0
