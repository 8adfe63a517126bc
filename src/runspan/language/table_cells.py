"""Where a position of a text stands in a table: the head of its column, the head of its row.

Tables of Markdown (``|``), HTML (``<td>``), LaTeX (``&``), and of cells between tabs or two spaces and more.
"""

import re
from itertools import pairwise
from typing import NamedTuple

_MOST_CHARS = 20_000  # how far above a cell the head of its table is looked for
_LONGEST_LINE = 2_000
_HTML_ROW = re.compile(r"<tr\b", re.IGNORECASE)
_HTML_TABLE = re.compile(r"</?table\b", re.IGNORECASE)
_HTML_CELL = re.compile(r"<t[dh]\b[^<>]{0,300}>", re.IGNORECASE)
_RULE = re.compile(r"[\s|:+=-]+|\s*\\(?:toprule|midrule|bottomrule|hline|cmidrule\S*)\s*")
_DELIMITERS = (re.compile(r"(?<!\\)\|"), re.compile(r"(?<!\\)&"), re.compile(r"\t"), re.compile(r" {2,}"))


class Heads(NamedTuple):
    """Of a cell: what heads its column, nearest first, and its row; its text, and where in it the position is."""

    column: tuple[str, ...]
    row: str
    cell: str
    place: int


class _Cell(NamedTuple):
    """A cell of a line, by its offsets in the line."""

    start: int
    end: int
    text: str


def heads_of(text: str, position: int) -> Heads | None:
    """The heads of the cell at a position, or ``None`` where no table is.

    >>> table = "| Model | Days |\\n|---|---|\\n| XL | 36 |"
    >>> heads_of(table, table.index("36"))
    Heads(column=('Days',), row='XL', cell='36', place=0)
    """
    html = _html_heads(text, position)
    if html is not None:
        return html
    begin, end = _line_at(text, position)
    if end - begin > _LONGEST_LINE:
        return None
    for delimiter in _DELIMITERS:
        cells = _cells(text[begin:end], delimiter)
        index = next((i for i, cell in enumerate(cells) if cell.start <= position - begin < cell.end), None)
        if len(cells) > 1 and index is not None:
            rows = _rows_above(text, begin, delimiter)
            column = tuple(_same_column(row, cells, index) for row in rows)
            line = text[begin:end]
            place = position - begin - cells[index].start - line[cells[index].start :].index(cells[index].text)
            return Heads(column, cells[0].text if index else "", cells[index].text, max(0, place))
    return None


def _line_at(text: str, position: int) -> tuple[int, int]:
    begin = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    return begin, len(text) if end < 0 else end


def _cells(line: str, delimiter: re.Pattern[str]) -> list[_Cell]:
    """The cells between delimiters; what is empty before the first and after the last is none."""
    edges = [(0, 0), *(match.span() for match in delimiter.finditer(line)), (len(line), len(line))]
    spans = [(left[1], right[0]) for left, right in pairwise(edges)]
    cells = [_Cell(start, end, line[start:end].strip()) for start, end in spans]
    first = 0 if cells[0].text else 1
    return cells[first : len(cells) if cells[-1].text else -1]


def _rows_above(text: str, begin: int, delimiter: re.Pattern[str]) -> list[list[_Cell]]:
    """The head of the table that the line at ``begin`` belongs to: the row above its rule, or its first row or two."""
    rows: list[list[_Cell]] = []
    end, stop = begin - 1, max(0, begin - _MOST_CHARS)
    while end > stop:
        start = text.rfind("\n", stop, end) + 1 or stop
        line = text[start:end]
        if _RULE.fullmatch(line) and line.strip():
            rows.append([])
        elif len(line) <= _LONGEST_LINE and len(cells := _cells(line, delimiter)) > 1:
            rows.append(cells)
        else:
            break
        end = start - 1
    for upper, lower in zip(rows[1:], rows, strict=False):
        if upper and not lower:
            return [upper]
    return [row for row in rows[-2:] if row]


def _same_column(row: list[_Cell], cells: list[_Cell], index: int) -> str:
    """The cell of a row in the column of another row's cell: by number, or by place where their numbers differ."""
    if len(row) == len(cells):
        return row[index].text
    cell = cells[index]
    shared = [(min(cell.end, other.end) - max(cell.start, other.start), other.text) for other in row]
    widest, head = max(shared, default=(0, ""), key=lambda pair: pair[0])
    return head if widest > 0 else ""


def _html_heads(text: str, position: int) -> Heads | None:
    """Heads of a cell of the HTML table around a position."""
    above = text[max(0, position - _MOST_CHARS) : position]
    tables = list(_HTML_TABLE.finditer(above))
    if not tables or tables[-1][0].startswith("</"):
        return None
    begins = [match.start() for match in _HTML_ROW.finditer(above, tables[-1].end())]
    if not begins:
        return None
    row = _html_cells(above[begins[-1] :])
    head = _html_cells(above[begins[0] : begins[1]]) if len(begins) > 1 else []
    index = len(row) - 1
    if index < 0:
        return None
    return Heads((head[index],) if index < len(head) else (), row[0] if index else "", row[-1], len(row[-1]))


def _html_cells(row: str) -> list[str]:
    return [re.split(r"</?t[dhr]\b", cell, maxsplit=1)[0].strip() for cell in _HTML_CELL.split(row)[1:]]
