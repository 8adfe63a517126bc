"""Prodigy's and spaCy's JSON lines: ``{"text": …, "tokens": […], "spans": [{"start": …, "end": …, "label": …}]}``.

Format: https://prodi.gy/docs/api-interfaces#ner_manual and #spans. Offsets count Unicode characters. Tokens are ours
(spans always fit them, so that Prodigy doesn't make its own); as in spaCy a single space belongs to the token before it
(``ws``), and other white space makes tokens, so that the tokens joined are the text. Run tie and score are keys of a
span, which Prodigy keeps; the document's id is in ``meta``, which it shows. Rejected and ignored tasks are left out.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runspan.base.documents import Document
from runspan.base.words import split_words
from runspan.publish.annotation.intake import ForeignSpan, Intake, Place
from runspan.publish.annotation.json_items import first_given, json_line, read_lines
from runspan.publish.annotation.outgoing import Target, check, is_json, write_file

_ACCEPTED = "accept"


def read(paths: Sequence[Path], intake: Intake) -> None:
    """Take in accepted tasks."""
    for file in paths:
        for place, row in read_lines(file, intake, "task"):
            _read_row(place, row, f"{file.stem}-{place.line}", intake)


def _read_row(place: Place, row: Mapping[str, Any], id: str, intake: Intake) -> None:
    text, spans, meta = row.get("text"), row.get("spans", []), row.get("meta")
    if not isinstance(text, str) or not isinstance(spans, list):
        intake.fault(place, 'expected a string "text" and a list "spans"')
        return
    if (answer := row.get("answer", _ACCEPTED)) != _ACCEPTED:
        intake.left_out[f"tasks with the answer {answer}"] += 1
        return
    foreign = []
    for number, span in enumerate(spans, start=1):
        here = place.within(f"span {number}")
        if isinstance(span, dict):
            values = (span.get(key) for key in ("start", "end", "label", "text", "score", "run"))
            start, end, label, surface, score, run = values
            stated = surface if isinstance(surface, str) else None
            foreign.append(ForeignSpan(here, start, end, label, stated, score, run))
        else:
            intake.fault(here, f"found {span!r}; expected an object with start, end and label")
    intake.leave_out("relations", row.get("relations"))
    given = meta.get("id") if isinstance(meta, dict) else None
    intake.take(place, first_given(given, row.get("id"), id), text, foreign)


def write(documents: Sequence[Document], target: Target) -> Counter[str]:
    """Write tasks; nothing is lost. Tagged documents are accepted already, predicted ones wait for an answer.

    Raises:
        FaultsError: Texts that JSON can't give back.
        RunspanError: The file can't be written.
    """
    check(documents, is_json)
    answer = {} if target.are_predicted else {"answer": _ACCEPTED}
    write_file(target.output, (json_line(_row(document) | answer) for document in documents))
    return Counter()


def _row(document: Document) -> dict[str, Any]:
    tokens = split_tokens(document.text)
    first = {token["start"]: token["id"] for token in tokens}
    last = {token["end"]: token["id"] for token in tokens}
    spans = []
    for span in document.spans:
        row: dict[str, Any] = {"start": span.start, "end": span.end, "label": span.label}
        row |= {"token_start": first[span.start], "token_end": last[span.end]}
        row |= {"run": span.run} if span.run else {}
        spans.append(row | ({"score": span.score} if span.score is not None else {}))
    return {"text": document.text, "meta": {"id": document.id}, "tokens": tokens, "spans": spans}


def split_tokens(text: str) -> list[dict[str, Any]]:
    r"""Tokens of a text: our words, and white space as spaCy has it.

    >>> [(token["text"], token["ws"]) for token in split_tokens("8 GPUs,\n \nfine")]
    [('8', True), ('GPUs', False), (',', False), ('\n \n', False), ('fine', False)]
    """
    tokens: list[dict[str, Any]] = []
    cursor = 0
    for start, end in [*split_words(text), (len(text), len(text))]:
        if tokens and text[cursor:start].startswith(" "):
            tokens[-1]["ws"] = True
            cursor += 1
        for begin, stop in ((cursor, start), (start, end)):
            if begin < stop:
                token = {"text": text[begin:stop], "start": begin, "end": stop, "id": len(tokens), "ws": False}
                tokens.append(token)
        cursor = end
    return tokens
