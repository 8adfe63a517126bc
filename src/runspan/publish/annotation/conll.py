r"""Columns in the manner of CoNLL-2003: a word and its IOB2 tag a line, an empty line behind each line of text.

Format: https://www.clips.uantwerpen.be/conll2003/ner/ (word, part of speech, chunk, tag; ``-DOCSTART-`` begins a
document), with IOB2 tags as the Hub's copy has them. Parts of speech and chunks are ``-X-`` and ``_``. Such columns
hold neither the white space between words nor run ties, scores or ids. With ``lossless`` the second column has the
white space behind the word as UDPipe writes it (``SpacesAfter=\n``, ``SpaceAfter=No``; ``_`` for one space), the third
the note on a span (``run=2``), and the first line of a document its id and the white space before its first word.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from runspan.base.documents import Document
from runspan.base.labels import OUTSIDE
from runspan.base.words import Word, split_words
from runspan.language import bio
from runspan.publish.annotation.intake import ForeignSpan, Intake, Place
from runspan.publish.annotation.json_items import read_text
from runspan.publish.annotation.outgoing import Target, check, is_utf8, write_file
from runspan.publish.annotation.run_notes import read_note, write_note

_START, _POS, _CHUNK = "-DOCSTART-", "-X-", "_"
_ID, _BEFORE, _AFTER, _NONE = "id=", "SpacesBefore=", "SpacesAfter=", "SpaceAfter=No"
_ESCAPES = {" ": r"\s", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\\": r"\\"}
_ESCAPED = re.compile(r"\\(?:u([0-9a-f]{4})|(.))")
_SPACES = re.compile(" +")
_TAG = re.compile(r"O|[BI]-\S+")


@dataclass
class _Draft:
    """A document while its lines are read."""

    place: Place
    id: str | None = None
    text: str = ""
    spans: list[ForeignSpan] = field(default_factory=list)
    separator: str = ""
    is_exact: bool = False


def read(paths: Sequence[Path], intake: Intake) -> None:
    """Take in files of columns; a document begins at each ``-DOCSTART-``, or is the whole file."""
    for file in paths:
        drafts = list(_read_file(file, intake))
        for number, draft in enumerate(drafts, start=1):
            alone = file.stem if len(drafts) == 1 else f"{file.stem}-{number}"
            intake.joined += not draft.is_exact
            text = draft.text + draft.separator if draft.is_exact else draft.text
            intake.take(draft.place, draft.id if draft.id is not None else alone, text, draft.spans)


def _read_file(file: Path, intake: Intake) -> Iterator[_Draft]:
    draft: _Draft | None = None
    for number, line in enumerate((read_text(file, intake) or "").split("\n"), start=1):
        place = Place(str(file), number)
        columns = _columns(line)
        if columns and columns[0] == _START:
            if draft:
                yield draft
            draft = _begin(place, columns)
        elif not any(columns):
            if draft and draft.text and not draft.is_exact:
                draft.separator = "\n"
        else:
            draft = draft or _Draft(place)
            _add_word(draft, place, columns, intake)
    if draft:
        yield draft


def _columns(line: str) -> list[str]:
    """Columns of a line, by tabs where there are any: other white space may stand in a word."""
    line = line.strip(" \t\r")
    return [column.strip(" ") for column in line.split("\t")] if "\t" in line else _SPACES.split(line)


def _begin(place: Place, columns: Sequence[str]) -> _Draft:
    if len(columns) != 4 or not columns[1].startswith(_ID):
        return _Draft(place)
    before = _unescape(columns[2].removeprefix(_BEFORE)) if columns[2].startswith(_BEFORE) else ""
    return _Draft(place, _unescape(columns[1].removeprefix(_ID)), before, is_exact=True)


def _add_word(draft: _Draft, place: Place, columns: Sequence[str], intake: Intake) -> None:
    if len(columns) < 2 or not _TAG.fullmatch(columns[-1]):
        found = " ".join(columns)[:40]
        intake.fault(place, f"found {found!r}; expected a word, other columns, and an IOB2 tag (O, B-… or I-…)")
        return
    word, tag = columns[0], columns[-1]
    draft.text += draft.separator
    start, last = len(draft.text), draft.spans[-1] if draft.spans else None
    draft.text += word
    continues = last is not None and last.end == start - len(draft.separator) and last.label == tag[2:]
    draft.separator = _spaces_after(columns) if draft.is_exact else " "
    if tag.startswith("I-"):
        if not continues or last is None:
            intake.fault(place, f"{tag} continues no {tag[2:]}; expected IOB2 tags, in which a span begins with B-")
            return
        draft.spans[-1] = ForeignSpan(
            last.place, last.start, len(draft.text), last.label, run=last.run, score=last.score
        )
    elif tag != OUTSIDE:
        note = read_note(columns[2]) if draft.is_exact and len(columns) == 4 else read_note("")
        draft.spans.append(ForeignSpan(place, start, len(draft.text), tag[2:], run=note.run, score=note.score))


def _spaces_after(columns: Sequence[str]) -> str:
    found = columns[1]
    if found == _NONE:
        return ""
    return _unescape(found.removeprefix(_AFTER)) if found.startswith(_AFTER) else " "


def write(documents: Sequence[Document], target: Target) -> Counter[str]:
    """Write one file of columns.

    Returns:
        What the columns don't hold, unless they are to be lossless: run ties, scores, ids, and white space other than
        one space between two words of a line and one ``\\n`` between two lines.

    Raises:
        FaultsError: Texts without a UTF-8 form.
        RunspanError: The file can't be written.
    """
    check(documents, is_utf8)
    lost: Counter[str] = Counter()
    write_file(target.output, ("".join(_lines(document, target.lossless, lost)).encode() for document in documents))
    return lost


def _lines(document: Document, lossless: bool, lost: Counter[str]) -> Iterator[str]:
    words = split_words(document.text)
    tags = bio.encode_tags(document.spans, words)
    before, gaps = _white_space(document.text, words)
    notes = {span.start: write_note(span).replace(" ", ";") for span in document.spans}
    if lossless:
        yield f"{_START} {_ID}{_escape(document.id)} {_BEFORE}{_escape(before)} O\n\n"
    else:
        yield f"{_START} {_POS} O O\n\n"
        _count_lost(document, before, lost)
    for word, gap, tag, following in zip(words, gaps, tags, [*tags[1:], None][: len(tags)], strict=True):
        second, third = (_written_gap(gap), notes.get(word.start, "") or _CHUNK) if lossless else (_POS, _CHUNK)
        yield f"{document.text[word.start : word.end]} {second} {third} {tag}\n"
        joined = _joined_gap(gap, following)
        if joined != " ":
            yield "\n"
        if not lossless:
            lost["stretches of white space"] += gap != joined


def _white_space(text: str, words: Sequence[Word]) -> tuple[str, list[str]]:
    """White space before the first word, and behind each."""
    if not words:
        return text, []
    stops = [*(word.start for word in words[1:]), len(text)]
    return text[: words[0].start], [text[word.end : stop] for word, stop in zip(words, stops, strict=True)]


def _joined_gap(gap: str, following: str | None) -> str:
    """White space that plain columns give back behind a word, before one with the tag ``following``.

    A line of text ends a block of columns, unless a span goes on.
    """
    if following is None:
        return ""
    return "\n" if ("\n" in gap or "\r" in gap) and not following.startswith("I-") else " "


def _written_gap(gap: str) -> str:
    return "_" if gap == " " else f"{_AFTER}{_escape(gap)}" if gap else _NONE


def _count_lost(document: Document, before: str, lost: Counter[str]) -> None:
    lost["document ids"] += 1
    lost["run ties"] += sum(span.run is not None for span in document.spans)
    lost["scores"] += sum(span.score is not None for span in document.spans)
    lost["stretches of white space"] += bool(before)


def _escape(text: str) -> str:
    r"""A text without white space.

    >>> _escape("a \n\u2003")
    'a\\s\\n\\u2003'
    """
    return "".join(
        _ESCAPES.get(c) or (f"\\u{ord(c):04x}" if c.isspace() or (not c.isprintable() and c <= "\uffff") else c)
        for c in text
    )


def _unescape(text: str) -> str:
    r"""The inverse of :func:`_escape`.

    >>> _unescape(r"a\s\n\\n")
    'a \n\\n'
    """
    plain = {escaped[1]: character for character, escaped in _ESCAPES.items()}
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)) if match[1] else plain.get(match[2], match[0]), text)
