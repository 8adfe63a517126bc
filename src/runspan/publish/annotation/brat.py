"""brat's standoff format: a text file and a file of annotations (``.ann``) a document, in a folder.

Format: https://brat.nlplab.org/standoff.html. Offsets count the Unicode characters of the text file as it stands. The
text of a span may have no line end, so that such a span is written in fragments, as brat itself writes it (``3 9;10
15``), and fragments with nothing but white space between them are one span again. Run tie and score stand in the
annotator's note on the span (``run=2 score=0.98``). ``annotation.conf`` tells brat the labels.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from runspan.base.documents import Document, Span
from runspan.base.errors import RunspanError
from runspan.publish.annotation.intake import ForeignSpan, Intake, Place
from runspan.publish.annotation.json_items import read_text
from runspan.publish.annotation.outgoing import Target, check, is_path, is_utf8, write_folder
from runspan.publish.annotation.run_notes import Note, read_note, write_note

# what ends a line for one program or another that reads the annotations
_LINE_ENDS = re.compile(r"\s*[\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]\s*")
_SPAN = re.compile(r"(\S+) (\d{1,9} \d{1,9}(?:;\d{1,9} \d{1,9})*)")
_OTHERS = {
    "R": "relations",
    "E": "events",
    "A": "attributes",
    "M": "attributes",
    "N": "normalisations",
    "*": "relations",
}
_CONFIGURATION = "[entities]\n{labels}\n\n[relations]\n\n[events]\n\n[attributes]\n"


def read(paths: Sequence[Path], intake: Intake) -> None:
    """Take in folders of ``.ann`` files, each with its ``.txt``, or single ``.ann`` files."""
    for path in paths:
        files = sorted(path.rglob("*.ann")) if path.is_dir() else [path]
        if not files:
            raise RunspanError(f"{path}: no *.ann in it; expected annotations, each beside its *.txt")
        for file in files:
            name = file.relative_to(path).as_posix() if path.is_dir() else file.name
            _read_document(file, name.removesuffix(".ann"), intake)
        if path.is_dir():
            alone = [file for file in path.rglob("*.txt") if not file.with_suffix(".ann").exists()]
            intake.left_out["texts without *.ann"] += len(alone)


def _read_document(file: Path, id: str, intake: Intake) -> None:
    source = file.with_name(file.name.removesuffix(".ann") + ".txt")
    try:
        text = source.read_bytes().decode("utf-8")
    except FileNotFoundError:
        intake.fault(Place(str(file)), f"there is no {source.name} beside it; expected the text that it annotates")
        return
    except (OSError, UnicodeDecodeError) as error:
        intake.fault(Place(str(source)), f"can't be read ({error}); expected text in UTF-8")
        return
    lines = (read_text(file, intake) or "").split("\n")
    notes: dict[str, Note] = {}
    for line in lines:
        if line.startswith("#"):
            _read_note(line.rstrip("\r"), notes, intake)
    spans: list[ForeignSpan] = []
    for number, line in enumerate(lines, start=1):
        place = Place(str(file), number, 1)
        if line.startswith("T"):
            spans += _read_span(place, line.rstrip("\r"), text, notes, intake)
        elif line.strip() and line[0] in _OTHERS:
            intake.left_out[_OTHERS[line[0]]] += 1
        elif line.strip() and line[0] != "#":
            intake.fault(place, f"found {line[:30]!r}; expected T1<tab>label start end<tab>text")
    intake.take(Place(str(file)), id, text, spans)


def _read_note(line: str, notes: dict[str, Note], intake: Intake) -> None:
    """A line ``#1<tab>AnnotatorNotes T1<tab>text``; other comments are not ours."""
    parts = line.split("\t", 2)
    about = parts[1].split(" ") if len(parts) == 3 else []
    if len(about) == 2 and about[0] == "AnnotatorNotes":
        notes[about[1]] = read_note(parts[2])
        intake.left_out["notes"] += notes[about[1]].has_rest
    else:
        intake.left_out["notes"] += 1


def _read_span(place: Place, line: str, text: str, notes: Mapping[str, Note], intake: Intake) -> Iterator[ForeignSpan]:
    key, _, rest = line.partition("\t")
    found, tab, surface = rest.partition("\t")
    match = _SPAN.fullmatch(found)
    if not match or not tab:
        intake.fault(place, f"found {line[:40]!r}; expected T1<tab>label start end<tab>text")
        return
    here = place.within(key)
    fragments = [tuple(map(int, pair.split(" "))) for pair in match[2].split(";")]
    for (_, end), (start, _) in pairwise(fragments):
        if text[end:start].strip() or start < end:
            _apart(here, match[2], intake)
            return
    note = notes.get(key, Note(None, None, False))
    yield ForeignSpan(here, fragments[0][0], fragments[-1][1], match[1], surface, note.score, note.run)


def _apart(place: Place, fragments: str, intake: Intake) -> None:
    if intake.drop_unfit:
        intake.left_out["spans in several parts"] += 1
    else:
        intake.fault(
            place, f"a span in parts ({fragments}); expected one stretch of text; --drop_unfit drops such spans"
        )


def write(documents: Sequence[Document], target: Target) -> Counter[str]:
    """Write a folder; nothing is lost.

    Raises:
        FaultsError: Ids that can't name a file, texts without a UTF-8 form.
        RunspanError: The folder holds something, or can't be written.
    """
    check(documents, is_path, is_utf8)
    files = {"annotation.conf": _CONFIGURATION.format(labels="\n".join(target.labels)).encode()}
    for document in documents:
        files[f"{document.id}.txt"] = document.text.encode()
        files[f"{document.id}.ann"] = "".join(_lines(document)).encode()
    write_folder(target.output, files)
    return Counter()


def _lines(document: Document) -> Iterator[str]:
    notes = 0
    for number, span in enumerate(document.spans, start=1):
        fragments = _fragments(document.text, span)
        offsets = ";".join(f"{start} {end}" for start, end in fragments)
        surface = " ".join(document.text[start:end] for start, end in fragments)
        yield f"T{number}\t{span.label} {offsets}\t{surface}\n"
        if note := write_note(span):
            notes += 1
            yield f"#{notes}\tAnnotatorNotes T{number}\t{note}\n"


def _fragments(text: str, span: Span) -> list[tuple[int, int]]:
    """A span's stretches without line ends.

    >>> _fragments("a\\n\\nb c", Span(0, 6, "model"))
    [(0, 1), (3, 6)]
    """
    fragments, cursor = [], span.start
    for match in _LINE_ENDS.finditer(text, span.start, span.end):
        fragments.append((cursor, match.start()))
        cursor = match.end()
    return [*fragments, (cursor, span.end)]
