"""Where the spans of a document stand: section, block, line, sentence, clause, and the cell of a table.

All numbers count from 0 in order of the text, so that two spans in the same sentence have the same sentence number.
A span outside of a table has -1 for its table and row.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from runspan.base.documents import Span

Integers = npt.NDArray[np.int64]

_NO_END = (
    r"(?<!\bapprox)(?<!\bca)(?<!\bvs)(?<!\bcf)(?<!\bresp)(?<!\be\.g)(?<!\bi\.e)(?<!\bFig)(?<!\bTab)(?<!\bNo)(?<!\bal)"
)
_SENTENCE_END = re.compile(
    rf"{_NO_END}[.!?][\"')\]*_]*\s+(?=[\"'(\[*_`]*[A-Z0-9])|\n[ \t]*\n|\n(?=[ \t]*(?:[-*+•]|\d+[.)])[ \t])"
)
_CLAUSE_END = re.compile(r"[;:]\s|\s[-–—]\s|—|\b(?:while|whereas|but)\b")
_PART_END = re.compile(r",\s|\band\b|\bplus\b|[()&/]")
_BLOCK_END = re.compile(r"\n(?:[ \t]*\n)+")
_HEADING = re.compile(
    r"^(?:[ \t]*#{1,6}[ \t].*"  # Markdown
    r"|[ \t]*={2,}[ \t]*\S.*"
    r"|[ \t]*\*\*[^*\n]{1,80}\*\*[ \t]*"  # a line in bold
    r"|[ \t]*\\(?:sub)*section\*?\{.*"
    r"|[ \t]*(?:\d{1,2}|[A-Z])(?:\.\d{1,2}){0,3}\.?[ \t]+[A-Z][^.\n]{2,70}"  # 3.2 Training
    r"|[ \t]*<h[1-6]\b.*"
    r")$",
    re.M,
)
_ITEM = re.compile(r"^[ \t]*(?:[-*+•‣◦–]|\(?[0-9a-z]{1,2}[.)]|\\item\b)[ \t]", re.M)
_HTML_TABLE = re.compile(r"<table\b.*?(?:</table>|\Z)", re.S | re.I)
_HTML_ROW = re.compile(r"<tr\b", re.I)
_HTML_CELL = re.compile(r"<t[dh]\b", re.I)
_GAP = re.compile(r"\S[ \t]{2,}(?=\S)|\t")
_RULE = re.compile(r"[\s|:+=\-–—_]*|\\\w*rule.*|\\hline.*")
_FEWEST_ROWS = 2


@dataclass(frozen=True, slots=True)
class Layout:
    """Places of a document's spans, one number a span in each array.

    Attributes:
        start: First character.
        section: Number of headings before it, a heading counted with what follows it.
        block: Number of empty lines before it.
        item: Number of beginnings of blocks and list items before it.
        line: Number of line ends before it.
        sentence: Number of ends of sentences before it.
        clause: Number of ends of clauses (semicolons, colons, dashes, *while*) before it.
        part: Number of ends of parts (commas, brackets, *and*) before it.
        table: The table that it stands in, or -1.
        row: The row of the table.
        left: Where its column begins: the number of the cell, or a character of the line in aligned text.
        right: Where its column ends, not included.
        heading: Whether it stands in a heading.
    """

    start: Integers
    section: Integers
    block: Integers
    item: Integers
    line: Integers
    sentence: Integers
    clause: Integers
    part: Integers
    table: Integers
    row: Integers
    left: Integers
    right: Integers
    heading: npt.NDArray[np.bool_]


def lay_out(text: str, spans: Sequence[Span]) -> Layout:
    """Places of the spans of a text; linear in the length of the text.

    >>> text = "| A | B |\\n|---|---|\\n| 8 | 16 |"
    >>> layout = lay_out(text, [Span(2, 3, "model"), Span(22, 23, "gpu_count"), Span(26, 28, "gpu_count")])
    >>> layout.row.tolist(), layout.left.tolist()
    ([0, 2, 2], [1, 1, 2])
    """
    starts = np.array([span.start for span in spans], dtype=np.int64)
    headings = [match.span() for match in _HEADING.finditer(text)]
    blocks = [match.end() for match in _BLOCK_END.finditer(text)]
    sentences = [match.end() for match in _SENTENCE_END.finditer(text)]
    items = sorted(blocks + [match.start() for match in _ITEM.finditer(text)])
    lines = [match.end() for match in re.finditer("\n", text)]
    clauses = sorted(sentences + [match.end() for match in _CLAUSE_END.finditer(text)])
    parts = sorted(clauses + [match.start() for match in _PART_END.finditer(text)])
    heading_starts = [start for start, _ in headings]
    in_heading = [_is_in(headings, heading_starts, span.start) for span in spans]
    cells = _cells(text, spans, [0, *lines])

    def counted(marks: Sequence[int]) -> Integers:
        return np.searchsorted(np.array(marks, dtype=np.int64), starts, side="right")

    return Layout(
        starts,
        counted(heading_starts),
        counted(blocks),
        counted(items),
        counted(lines),
        counted(sentences),
        counted(clauses),
        counted(parts),
        *cells,
        np.array(in_heading, dtype=bool),
    )


def _is_in(ranges: Sequence[tuple[int, int]], starts: Sequence[int], offset: int) -> bool:
    """Whether an offset is in one of the ranges, which don't overlap and begin at ``starts``."""
    i = bisect_right(starts, offset) - 1
    return i >= 0 and offset < ranges[i][1]


def _cells(text: str, spans: Sequence[Span], lines: Sequence[int]) -> tuple[Integers, Integers, Integers, Integers]:
    """Table, row, and the left and right end of the column of each span."""
    places = np.full((4, len(spans)), -1, dtype=np.int64)
    rows = _rows_of_lines(text, lines)
    html = [match.span() for match in _HTML_TABLE.finditer(text)]
    html_starts = [start for start, _ in html]
    html_rows = [match.start() for match in _HTML_ROW.finditer(text)] if html else []
    html_cells = [match.start() for match in _HTML_CELL.finditer(text)] if html else []
    for i, span in enumerate(spans):
        line = bisect_right(lines, span.start) - 1
        if _is_in(html, html_starts, span.start):
            row = bisect_right(html_rows, span.start)
            first = bisect_right(html_cells, html_rows[row - 1]) if row else 0
            cell = bisect_right(html_cells, span.start) - first
            places[:, i] = len(lines) + bisect_right(html_starts, span.start), row, cell, cell + 1
        elif (place := rows[line]) is not None:
            places[:, i] = place[0], line, *_column(text, lines[line], span, place[1])
    return places[0], places[1], places[2], places[3]


def _rows_of_lines(text: str, lines: Sequence[int]) -> list[tuple[int, str] | None]:
    """For each line, the table that it is a row of and what parts its cells."""
    ends = [*lines[1:], len(text) + 1]
    kinds = [_delimiter(text[start : end - 1]) for start, end in zip(lines, ends, strict=True)]
    rows: list[tuple[int, str] | None] = [None] * len(lines)
    table = 0
    run: list[int] = []
    for i, kind in enumerate([*kinds, ""]):
        if kind == "rule":
            continue
        if kind and (not run or kinds[run[-1]] == kind):
            run.append(i)
            continue
        if len(run) >= _FEWEST_ROWS:
            for k in run:
                rows[k] = table, kinds[k]
            table += 1
        run = [i] if kind else []
    return rows


def _delimiter(line: str) -> str:
    """What parts the cells of a line that may be a row: ``|``, ``&``, ``gap`` for white space; ``rule`` for a ruler."""
    if not line.strip():
        return ""
    if _RULE.fullmatch(line.strip()):
        return "rule"
    if line.count("|") >= _FEWEST_ROWS:
        return "|"
    if "\\\\" in line and line.count("&"):
        return "&"
    return "gap" if _GAP.search(line.strip()) else ""


def _column(text: str, line: int, span: Span, delimiter: str) -> tuple[int, int]:
    if delimiter in "|&":
        cell = text.count(delimiter, line, span.start)
        cell += delimiter == "|" and not text[line : span.start].lstrip().startswith("|")
        return cell, cell + 1
    return span.start - line, max(span.end - line, span.start - line + 1)
