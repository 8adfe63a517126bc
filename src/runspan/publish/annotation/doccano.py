"""doccano's JSON lines for sequence labelling: ``{"text": …, "label": [[start, end, label], …]}``.

Format: https://doccano.github.io/doccano/tutorial (import and export of sequence labelling, JSONL); exports of projects
with relations have ``entities`` in place of ``label``. Every other key is metadata, which doccano keeps and exports
again. A triple has no room for more, so that run ties and scores stand in the metadata, by the offsets of their spans.
All lines have the same keys, since doccano reads them into one table. doccano's editor counts UTF-16 code units (as
long as its project doesn't count grapheme clusters).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runspan.base.documents import Document
from runspan.publish.annotation.intake import ForeignSpan, Intake, Place
from runspan.publish.annotation.json_items import first_given, json_line, read_lines
from runspan.publish.annotation.offsets import UTF16, Ruler
from runspan.publish.annotation.outgoing import Target, check, is_json, write_file

_LABEL_KEYS = ("label", "labels", "entities")
_TEXT_KEYS = ("text", "data")


def read(paths: Sequence[Path], intake: Intake) -> None:
    """Take in exported documents."""
    for file in paths:
        for place, row in read_lines(file, intake, "document"):
            _read_row(place, row, f"{file.stem}-{place.line}", intake)


def _read_row(place: Place, row: Mapping[str, Any], id: str, intake: Intake) -> None:
    text = next((row[key] for key in _TEXT_KEYS if key in row), None)
    labels = next((row[key] for key in _LABEL_KEYS if key in row), None)
    if not isinstance(text, str) or not isinstance(labels, list):
        intake.fault(place, 'expected a string "text" and a list "label" of [start, end, label]')
        return
    runs, scores = (_by_offsets(place, row.get(key), key, intake) for key in ("runs", "scores"))
    spans = []
    for number, label in enumerate(labels, start=1):
        here = place.within(f"label {number}")
        triple = _triple(label)
        if triple is None:
            intake.fault(here, f"found {label!r}; expected [start, end, label]")
            continue
        start, end, name = triple
        spans.append(
            ForeignSpan(here, start, end, name, None, scores.pop((start, end), None), runs.pop((start, end), None))
        )
    intake.left_out["run ties of spans that are gone"] += len(runs)
    intake.leave_out("relations", row.get("relations"))
    intake.take(place, first_given(row.get("doc_id"), row.get("id"), id), text, spans, UTF16)


def _triple(label: Any) -> tuple[Any, Any, Any] | None:
    """Start, end and label, of a list or an object; ``None`` where it is neither."""
    if isinstance(label, dict):
        label = [label.get(key) for key in ("start_offset", "end_offset", "label")]
    is_triple = isinstance(label, list) and len(label) == 3
    if not is_triple or any(isinstance(offset, list | dict) for offset in label[:2]):
        return None
    return label[0], label[1], label[2]


def _by_offsets(place: Place, found: Any, key: str, intake: Intake) -> dict[tuple[Any, Any], Any]:
    """What the metadata says of spans, by their offsets."""
    values = {}
    for item in found if isinstance(found, list) else ():
        triple = _triple(item)
        if triple is None:
            intake.fault(place, f'found {item!r} in "{key}"; expected [start, end, value]')
        else:
            values[triple[:2]] = triple[2]
    return values


def write(documents: Sequence[Document], target: Target) -> Counter[str]:
    """Write documents; nothing is lost, but doccano refuses empty texts.

    Raises:
        FaultsError: Texts that JSON can't give back.
        RunspanError: The file can't be written.
    """
    check(documents, is_json)
    write_file(target.output, (json_line(_row(document)) for document in documents))
    return Counter()


def _row(document: Document) -> dict[str, Any]:
    ruler = Ruler(document.text, UTF16)
    places = [(ruler.theirs(span.start), ruler.theirs(span.end), span) for span in document.spans]
    return {
        "doc_id": document.id,
        "text": document.text,
        "label": [[start, end, span.label] for start, end, span in places],
        "runs": [[start, end, span.run] for start, end, span in places if span.run],
        "scores": [[start, end, span.score] for start, end, span in places if span.score is not None],
    }
