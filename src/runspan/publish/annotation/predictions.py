"""Records of ``infer.py`` and the texts that they were made from → documents to correct, with scores and run ties.

A record holds no text: its text is found among the documents given by its sha256.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from runspan.base.documents import ALL_RUNS
from runspan.base.records import text_sha256
from runspan.language.readers.inputs import Inputs, read_documents
from runspan.publish.annotation.intake import ForeignSpan, Intake, Place
from runspan.publish.read_records import read_records

Range = tuple[int, int]


def read(paths: Sequence[Path], texts: Sequence[str], intake: Intake) -> None:
    """Take in the records of files, with their texts.

    Args:
        paths: Files of records.
        texts: The documents that the records were made from, as ``infer.py --input`` takes them.
        intake: Where they go; records that hold an error are left out.

    Raises:
        RunspanError: A file is none of records, or there is no such text.
    """
    known: dict[str, str] = {}
    ids: set[str] = set()
    for given in read_documents(Inputs(tuple(texts))):
        if given.error is None:
            known[text_sha256(given.document.text)] = given.document.text
            ids.add(given.document.id)
    for file in paths:
        for number, record in enumerate(read_records(file), start=1):
            place = Place(str(file), item=f"record {number} ({record['id']!r})")
            if record["error"] is not None:
                intake.left_out["documents that failed"] += 1
            elif (text := known.get(record["sha256"])) is None:
                differs = "differs from the one that was read" if record["id"] in ids else "is missing"
                intake.fault(place, f"its text {differs}; expected it among --texts, as infer.py --input had it")
            else:
                intake.take(place, record["id"], text, _spans(place, record))


def _spans(place: Place, record: Mapping[str, Any]) -> Iterable[ForeignSpan]:
    ties = run_ties(record)
    for number, span in enumerate(record["spans"], start=1):
        start, end = span["start"], span["end"]
        run = ties.get((start, end))
        yield ForeignSpan(
            place.within(f"span {number}"), start, end, span["label"], span.get("text"), span.get("score"), run
        )


def run_ties(record: Mapping[str, Any]) -> dict[Range, str]:
    """Run ties of a record's spans, by their ranges.

    None where the record has one run that all spans belong to, since untied spans say the same.

    >>> runs = [{"params": {"mentions": [[0, 2]]}, "country": []}, {"params": {"mentions": [[3, 6]]}, "model": None}]
    >>> run_ties({"runs": runs, "unassigned": []})
    {(0, 2): '1', (3, 6): '2'}
    """
    runs: dict[Range, list[int]] = {}
    for number, run in enumerate(record["runs"], start=1):
        for mention in dict.fromkeys(_mentions(run)):
            runs.setdefault(mention, []).append(number)
    count = len(record["runs"])
    if count == 1 and not record["unassigned"]:
        return {}
    return {
        mention: ALL_RUNS if 1 < count == len(numbers) else ",".join(map(str, numbers))
        for mention, numbers in runs.items()
    }


def _mentions(run: Mapping[str, Any]) -> Iterable[Range]:
    for label, found in run.items():
        values = found if isinstance(found, list) else [found]
        for value in values if label != "estimates" else ():
            if value is not None:
                yield from ((start, end) for start, end in value["mentions"])
