"""Files of one format → documents → files of another."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from runspan.base.errors import FaultsError, RunspanError
from runspan.publish.annotation import predictions
from runspan.publish.annotation.formats import FORMATS, RECORDS, recognize
from runspan.publish.annotation.intake import Intake
from runspan.publish.annotation.outgoing import Target, check_folder


@dataclass(frozen=True, slots=True)
class Conversion:
    """What was converted.

    Attributes:
        source: Name of the format read.
        documents: How many documents were written.
        spans: Their spans.
        run_ties: Those of their spans that are tied to runs.
        joined: Documents whose text was joined from words.
        left_in_source: What was not taken in, by name.
        lost: What the format written doesn't hold, by name.
    """

    source: str
    documents: int
    spans: int
    run_ties: int
    joined: int
    left_in_source: Counter[str]
    lost: Counter[str]


def convert(
    paths: Sequence[Path], to: str, target: Target, intake: Intake, source: str | None = None, texts: Sequence[str] = ()
) -> Conversion:
    """Read everything, then write it.

    Args:
        paths: Files or folders, all of one format.
        to: Name of the format to write.
        target: Where to write; records are written as predictions.
        intake: How to read; it collects what was read.
        source: Name of the format to read; recognised where it isn't given.
        texts: The documents that records were made from, where records are read.

    Raises:
        FaultsError: With every fault of every file; nothing is written.
        RunspanError: The paths hold different formats, nothing, or can't be read; the output can't be written.
    """
    source = source or _source_of(paths)
    if target.output.resolve() in {path.resolve() for path in (*paths, *map(Path, texts))}:
        raise RunspanError(f"{target.output}: is an input too, and would be replaced; give another --output")
    _check_options(source, texts, intake.unit)
    target = replace(target, are_predicted=source == RECORDS)
    if FORMATS[to].is_folder:
        check_folder(target.output)
    _read(paths, source, texts, intake)
    if intake.faults:
        raise FaultsError(intake.faults)
    left = +intake.left_out
    if not intake.documents:
        counts = f" ({', '.join(f'{count} {name}' for name, count in left.items())})" if left else ""
        raise RunspanError(f"{' '.join(map(str, paths))}: no document to convert{counts}")
    lost = FORMATS[to].codec().write(intake.documents, target)
    spans = [span for document in intake.documents for span in document.spans]
    ties = sum(span.run is not None for span in spans)
    return Conversion(source, len(intake.documents), len(spans), ties, intake.joined, left, +lost)


def _source_of(paths: Sequence[Path]) -> str:
    found = {path: recognize(path) for path in paths}
    if len(set(found.values())) > 1:
        shown = ", ".join(f"{path} is {name}" for path, name in found.items())
        raise RunspanError(f"{shown}: convert one format at a time, or name the right one with --from")
    return found[paths[0]]


def _check_options(source: str, texts: Sequence[str], unit: str | None) -> None:
    """Options that only some formats take are given to these."""
    if source == RECORDS and not texts:
        raise RunspanError("records hold no text: give the documents that infer.py read with --texts")
    if source != RECORDS and texts:
        raise RunspanError(f"--texts is for records; {source} files hold their texts")
    if unit is not None and (source == RECORDS or not FORMATS[source].has_offsets):
        known = ", ".join(name for name, one in FORMATS.items() if one.has_offsets)
        raise RunspanError(f"--offsets is for {known}; {source} has no offsets of a tool's own")


def _read(paths: Sequence[Path], source: str, texts: Sequence[str], intake: Intake) -> None:
    for path in paths:
        if not path.exists():
            raise RunspanError(f"{path}: no such file or folder")
        if path.is_dir() and source not in ("seeds", "brat", "parquet"):
            raise RunspanError(f"{path}: is a folder; expected a {source} file")
    if source == RECORDS:
        predictions.read(paths, texts, intake)
    else:
        FORMATS[source].codec().read(paths, intake)
