"""``runspan report RECORDS.jsonl --output PAGE.html``: a page to look through the records and correct them."""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from runspan.base.errors import RunspanError
from runspan.cli.console import messages
from runspan.cli.options import Options
from runspan.language.readers.inputs import Inputs
from runspan.publish.find_texts import find_texts
from runspan.publish.read_records import read_records
from runspan.publish.review_page.page import ReviewPageWriter, check_page

_DESCRIPTION = """Write a page to look through records and correct them, in one file that a browser opens from disk."""


def main(argv: Sequence[str]) -> int:
    """Write the page; say what is in it."""
    args = parse_options(argv)
    check_page(args.output)
    places = Inputs(tuple(args.texts))
    messages.print(write_page(lambda: read_records(args.records), places, args.output, str(args.records)))
    return 0


def parse_options(argv: Sequence[str]) -> argparse.Namespace:
    """What was typed.

    Raises:
        RunspanError: It can't be meant.
    """
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
    return parser.parse_args(argv)


def write_page(read: Callable[[], Iterator[Mapping[str, Any]]], places: Inputs, page: Path, name: str) -> str:
    """Write a page of records.

    Args:
        read: Gives the records, anew at each call.
        places: Where their texts are looked for first.
        page: Where it goes.
        name: Where the records come from, for messages.

    Returns:
        What is in it, to be printed.

    Raises:
        RunspanError: A file can't be read or written, or a record is broken.
    """
    texts = find_texts(read(), places)
    missing = documents = 0
    with ReviewPageWriter(page) as writer:
        for record in read():
            text = texts.get(record["sha256"])
            try:
                writer.write(record, text)
            except (KeyError, TypeError, AttributeError, IndexError) as error:
                message = f"{name}: the record {record['id']!r} is not as infer.py writes it ({error!r})"
                raise RunspanError(message) from error
            documents += 1
            missing += text is None and record["error"] is None
    where = "name their files or folders with runspan report --texts"
    lost = f"{missing} of {documents} texts were not found; {where}\n" if missing else ""
    return f"{lost}{documents} documents → {page}"
