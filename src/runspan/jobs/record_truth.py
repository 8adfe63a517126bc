"""What the runs of documents should be: files of true records, and tagged documents with ties, → the slots of runs.

A file of true records holds one object a line, with the surfaces of the text as they stand there, markup included::

    {"file": "a.txt", "records": [{"model": "CoCa", "params": null, "gpu_count": "384", "hardware": "**A100**’s",
                                   "training": null, "country": ["France", "Germany"], "year": null}]}

In a tagged document ``run="…"`` says which run a span belongs to. A slot of a run is filled by the spans that are tied
to the fewest runs: *Foo-7B* of the second run goes before *Foo* of all. Where these state several values (a duration in
days and in GPU hours, a name and its short form), each of them is right; countries are all of them together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runspan.base.documents import ALL_RUNS, Document, Span
from runspan.base.errors import RunspanError
from runspan.base.labels import LABELS
from runspan.base.records import LIST_LABELS
from runspan.jobs.json_lines import read_json_lines
from runspan.jobs.slot_fills import Slots, fill_of_surface
from runspan.language.run_values import runs_of
from runspan.language.seeds import read_seeds

_LINES = ".jsonl"


@dataclass(frozen=True, slots=True)
class TrueRuns:
    """The true runs of one document, none where it tells of none; each fills at least one slot."""

    id: str
    runs: tuple[Slots, ...]


def read_true_runs(paths: Sequence[str | Path]) -> list[TrueRuns]:
    """True runs of files of true records (``*.jsonl``) and of tagged documents (any other file or folder).

    Raises:
        RunspanError: A file can't be read or is not of its form, or two documents have the same id.
    """
    files = [Path(path) for path in paths if Path(path).suffix == _LINES]
    tagged = [path for path in paths if Path(path).suffix != _LINES]
    truths = [true_runs(document) for document in (read_seeds(tagged) if tagged else ())]
    known = {truth.id for truth in truths}
    for file in files:
        for place, row in read_json_lines(file, "true records"):
            truth = _read_row(row, place)
            if truth.id in known:
                raise RunspanError(f"{place}: the document {truth.id!r} again; expected one line a document")
            known.add(truth.id)
            truths.append(truth)
    return truths


def true_runs(document: Document) -> TrueRuns:
    """The runs of a tagged document.

    >>> spans = (Span(0, 2, "params", run="1"), Span(7, 10, "params", run="2"), Span(14, 17, "model", run="*"))
    >>> runs = true_runs(Document("a", "7B and 13B of Foo", spans)).runs
    >>> [{label: fills[0].text for label, fills in run.items()} for run in runs]
    [{'model': 'foo', 'params': '7b'}, {'model': 'foo', 'params': '13b'}]
    """
    shared = [span for span in document.spans if span.run == ALL_RUNS]
    tied = runs_of(document)
    runs = (_slots_of(document, [*run.spans, *shared], len(tied)) for run in tied)
    return TrueRuns(document.id, tuple(slots for slots in runs if slots))


def _slots_of(document: Document, spans: Sequence[Span], runs: int) -> Slots:
    """The slots of a run by the spans tied to it, in a document with so many runs."""
    slots = {}
    for label in LABELS:
        stated = [span for span in spans if span.label == label]
        if label not in LIST_LABELS:
            fewest = min((_breadth(span, runs) for span in stated), default=0)
            stated = [span for span in stated if _breadth(span, runs) == fewest]
        if stated:
            slots[label] = tuple(dict.fromkeys(fill_of_surface(label, document.surface(span)) for span in stated))
    return slots


def _breadth(span: Span, runs: int) -> int:
    """Number of runs that a span is tied to, of so many."""
    return runs if span.run == ALL_RUNS else len((span.run or "1").split(","))


def _read_row(row: Any, place: str) -> TrueRuns:
    if not isinstance(row, dict) or not isinstance(row.get("file"), str) or not isinstance(row.get("records"), list):
        raise RunspanError(f'{place}: expected an object with a "file" and a list of its "records"')
    runs = tuple(_read_run(run, f"{place}: record {number}") for number, run in enumerate(row["records"], start=1))
    return TrueRuns(Path(row["file"]).with_suffix("").as_posix(), runs)


def _read_run(run: Any, place: str) -> Slots:
    if not isinstance(run, dict) or set(run) != set(LABELS):
        found = ", ".join(map(str, run)) if isinstance(run, dict) else repr(run)
        raise RunspanError(f"{place}: found {found}; expected an object with {', '.join(LABELS)}")
    slots = {label: fills for label in LABELS if (fills := tuple(_fills(label, run[label], place)))}
    if not slots:
        raise RunspanError(f"{place}: states nothing; give at least one value, or leave the record out")
    return slots


def _fills(label: str, surfaces: Any, place: str) -> Iterator[Any]:
    listed = surfaces if isinstance(surfaces, list) and label in LIST_LABELS else [surfaces]
    for surface in listed if surfaces is not None else ():
        if not isinstance(surface, str) or not surface.strip():
            expected = "text, a list of texts" if label in LIST_LABELS else "text"
            raise RunspanError(f"{place}: {label} is {surfaces!r}; expected {expected}, or null where none is stated")
        yield fill_of_surface(label, surface)
