"""A record → what the page holds of it: the rows of its runs, and its document, which is read when it is opened."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from runspan.base.documents import Document, Span
from runspan.base.estimates import QUANTITIES
from runspan.language.conventions import FAULTS
from runspan.publish.cells import cell
from runspan.publish.review_page.embedding import has_lone_surrogate

Entry: TypeAlias = dict[str, Any]
_VALUE_KEYS = ("value", "name", "variant", "text", "start", "end", "score", "mentions", "inferred_from")


def summary(record: Mapping[str, Any], text: str | None) -> Entry:
    """What is known of a document before it is opened."""
    return {
        "id": record["id"],
        "source": record.get("source") or "",
        "sha256": record["sha256"],
        "runs": len(record["runs"]),
        "spans": len(record["spans"]),
        "warnings": len(record.get("warnings", ())),
        "error": record["error"],
        "found": text is not None,
    }


def rows(record: Mapping[str, Any], document: int) -> Iterator[Entry]:
    """A row for each run of a record, in order; one without cells where there is no run.

    Args:
        record: As :func:`runspan.publish.read_records.read_records` reads it.
        document: The place of its document in the page.
    """
    if not record["runs"]:
        yield {"document": document, "run": None, "cells": {}, "estimates": {}}
    for number, run in enumerate(record["runs"], start=1):
        fields = {label: _values(field) for label, field in run.items() if label != "estimates" and field}
        cells = {label: _row_cell(run[label], values) for label, values in fields.items()}
        yield {"document": document, "run": number, "cells": cells, "estimates": _intervals(run)}


def document_entry(record: Mapping[str, Any], text: str | None) -> Entry:
    """A document as the page opens it; a span brings its own text where the document's is not known."""
    spans = record["spans"]
    return {
        "text": text,
        "spans": [[span[key] for key in ("start", "end", "label", "score")] for span in spans],
        "surfaces": None if text is not None else [span["text"] for span in spans],
        "faults": {} if text is None else _faults(text, spans),
        "runs": [_run(run) for run in record["runs"]],
        "unassigned": list(record.get("unassigned", ())),
        "warnings": list(record.get("warnings", ())),
        "altered": text is not None and has_lone_surrogate(text),
    }


def _values(field: Any) -> list[Mapping[str, Any]]:
    return field if isinstance(field, list) else [field]


def _row_cell(field: Any, values: Sequence[Mapping[str, Any]]) -> Entry:
    """What the table shows of a field; its text is the first value's, its score the least."""
    return {
        "shown": cell(field),
        "values": [value["value"] for value in values if value["value"] is not None],
        "score": min(value["score"] for value in values),
        "text": values[0]["text"],
    }


def _intervals(run: Mapping[str, Any]) -> Entry:
    estimates = run.get("estimates") or {}
    return {name: estimates[name] for name in QUANTITIES if estimates.get(name)}


def _run(run: Mapping[str, Any]) -> Entry:
    fields = [(label, field) for label, field in run.items() if label != "estimates" and field]
    return {
        "fields": [
            {"label": label, "shown": cell(value)}
            | {key: value[key] for key in _VALUE_KEYS if value.get(key) is not None}
            for label, field in fields
            for value in _values(field)
        ],
        "estimates": _intervals(run),
    }


def _faults(text: str, spans: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """Spans that ``runspan check`` would refuse, by index, with the first thing that is wrong with each."""
    read = tuple(Span(span["start"], span["end"], span["label"]) for span in spans)
    places = {span: index for index, span in enumerate(read)}
    found: dict[int, str] = {}
    for rule in FAULTS:
        for span, message in rule(Document("", text, read)):
            found.setdefault(places[span], message)
    return found
