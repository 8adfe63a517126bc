"""Label Studio's JSON: a list of tasks with annotations, or with predictions to correct.

Format: https://labelstud.io/guide/task_format and https://labelstud.io/guide/predictions (the full JSON export, not
JSON-MIN). A span is a result of type ``labels`` with ``value.start`` and ``value.end``, which Label Studio's editor
counts in Unicode characters (``[...text].length``; a line end, ``\\n`` or ``\\r``, counts one). The run tie stands in
the region's meta information (``run=2``), which people can read and edit, and the document's id in the task's data.
Tasks that nobody has annotated are left out when read: predictions alone are no annotation.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from runspan.base.documents import Document, Span
from runspan.publish.annotation.intake import ForeignSpan, Intake, Place
from runspan.publish.annotation.json_items import first_given, json_line, read_list
from runspan.publish.annotation.outgoing import Target, check, is_json, write_file
from runspan.publish.annotation.run_notes import read_note, write_note

FROM_NAME, TO_NAME = "label", "text"  # names in the labelling configuration (docs/annotation.md)
_SPAN_TYPES = ("labels", "hypertextlabels")


def read(paths: Sequence[Path], intake: Intake) -> None:
    """Take in exported tasks."""
    for file in paths:
        for number, (place, task) in enumerate(read_list(file, intake, "task"), start=1):
            _read_task(place, task, f"{file.stem}-{number}", intake)


def _read_task(place: Place, task: Mapping[str, Any], id: str, intake: Intake) -> None:
    data, annotations = task.get("data"), task.get("annotations")
    if not isinstance(data, dict) or not isinstance(data.get("text"), str):
        intake.fault(place, 'expected "data" with a string "text" (the full JSON export, not JSON-MIN)')
        return
    if not isinstance(annotations, list | None) or not all(isinstance(one, dict) for one in annotations or []):
        intake.fault(place, '"annotations" is no list of objects (the full JSON export has them whole)')
        return
    done = [one for one in annotations or [] if not one.get("was_cancelled")]
    preferred = [one for one in done if one.get("ground_truth")] or done
    if not preferred:
        intake.left_out["tasks that nobody has annotated"] += 1
        return
    if len(preferred) > 1 and not intake.drop_unfit:
        message = (
            f"{len(preferred)} annotations; expected one: mark one as ground truth, or --drop_unfit takes the last"
        )
        intake.fault(place, message)
        return
    intake.left_out["annotations beside the one taken"] += len(done) - 1
    results = preferred[-1].get("result")
    if not isinstance(results, list) or not all(isinstance(result, dict) for result in results):
        intake.fault(place, 'the annotation\'s "result" is no list of objects')
        return
    spans = list(_read_results(place, results, intake))
    intake.take(place, first_given(data.get("doc_id"), id), data["text"], spans)


def _read_results(place: Place, results: Sequence[Mapping[str, Any]], intake: Intake) -> Iterator[ForeignSpan]:
    for number, result in enumerate(results, start=1):
        here = place.within(f"result {result.get('id', number)!r}")
        kind, value = result.get("type"), result.get("value")
        if kind not in _SPAN_TYPES:
            intake.left_out[f"results of type {kind}"] += 1
            continue
        labels = value.get(kind) if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(labels, list):
            intake.fault(here, f'expected "value" with "start", "end" and a list "{kind}"')
        elif len(labels) != 1:
            _without_one_label(here, labels, intake)
        else:
            offsets = value.get("globalOffsets")
            ends = offsets if isinstance(offsets, dict) else value  # in hypertext, start and end are paths
            surface = value.get("text")
            yield ForeignSpan(
                here,
                ends.get("start"),
                ends.get("end"),
                labels[0],
                surface if isinstance(surface, str) else None,
                result.get("score"),
                _read_run(result, intake),
            )


def _without_one_label(place: Place, labels: Sequence[Any], intake: Intake) -> None:
    if intake.drop_unfit:
        intake.left_out["spans without one label"] += 1
    else:
        intake.fault(place, f"the labels {labels!r}; expected one; --drop_unfit drops such spans")


def _read_run(result: Mapping[str, Any], intake: Intake) -> str | None:
    meta = result.get("meta")
    text = meta.get("text") if isinstance(meta, dict) else None
    note = read_note("\n".join(map(str, text)) if isinstance(text, list) else str(text or ""))
    intake.left_out["notes"] += note.has_rest
    return note.run


def write(documents: Sequence[Document], target: Target) -> Counter[str]:
    """Write tasks; nothing is lost.

    Raises:
        FaultsError: Texts that JSON can't give back.
        RunspanError: The file can't be written.
    """
    check(documents, is_json)
    pieces: list[bytes] = []
    for document in documents:
        pieces += [b",\n" if pieces else b"[\n", json_line(_task(document, target)).rstrip()]
    write_file(target.output, [*(pieces or [b"["]), b"\n]\n"])
    return Counter()


def _task(document: Document, target: Target) -> dict[str, Any]:
    results = [_result(span, number, document) for number, span in enumerate(document.spans, start=1)]
    made: dict[str, Any] = {"result": results}
    if target.are_predicted:
        scores = [span.score for span in document.spans if span.score is not None]
        made = {"model_version": "runspan", **({"score": min(scores)} if scores else {}), **made}
    kind = "predictions" if target.are_predicted else "annotations"
    return {"data": {"text": document.text, "doc_id": document.id}, kind: [made]}


def _result(span: Span, number: int, document: Document) -> dict[str, Any]:
    note = write_note(span, with_score=False)
    return {
        "id": str(number),
        "from_name": FROM_NAME,
        "to_name": TO_NAME,
        "type": "labels",
        "value": {"start": span.start, "end": span.end, "text": document.surface(span), "labels": [span.label]},
        **({"score": span.score} if span.score is not None else {}),
        **({"meta": {"text": [note]}} if note else {}),
    }
