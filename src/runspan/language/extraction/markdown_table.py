"""Rows of cells → a table of Markdown, one line of heads above its rule."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

_WIDEST = 200  # columns; cells further to the right cover no others, so that no page grows without bound
_MOST_ROWS = 1000  # that one cell may cover
_LONGEST_CELL = 500  # characters; a table with longer ones places paragraphs beside each other


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table.

    Attributes:
        lines: Its text.
        is_head: Whether it heads a row or a column.
        columns: How many columns it covers.
        rows: How many rows it covers; 0 for all that are left.
        is_simple: Whether its lines can stand on one: no code, heading or table is among them.
    """

    lines: Sequence[str]
    is_head: bool = False
    columns: int = 1
    rows: int = 1
    is_simple: bool = True

    @property
    def text(self) -> str:
        """The text on one line."""
        return " ".join(line for line in self.lines if line)


def table_lines(rows: Sequence[Sequence[Cell]], heads: int = 0) -> list[str]:
    """The lines of a table; where it only places things on a page, the lines of its cells one after the other.

    Args:
        rows: Cells as they are written, from the top; a cell that covers several rows stands in the first.
        heads: How many rows are said to be heads; where none is, the rows of nothing but heads are.

    >>> rows = [[Cell(["Net"]), Cell(["Days"])], [Cell(["XL"]), Cell(["36"])]]
    >>> table_lines(rows)
    ['| Net | Days |', '| --- | --- |', '| XL | 36 |']
    """
    rows = [row for row in rows if row]
    cells = [cell for row in rows for cell in row]
    if not all(cell.is_simple and len(cell.text) <= _LONGEST_CELL for cell in cells):
        return _one_after_the_other(cells)
    heads = min(heads or _leading_heads(rows), len(rows) - 1)
    grid = _without_empty_columns(_grid(rows, heads))
    if len(grid) < 2 or len(grid[0]) < 2:
        return ["  ".join(filter(None, row)) for row in grid if any(row)]
    if heads:
        columns = zip_longest(*grid[:heads], fillvalue="")
        head, body = [" ".join(dict.fromkeys(filter(None, column))) for column in columns], grid[heads:]
    elif all(row[0].is_head for row in rows):
        head, body = [""] * len(grid[0]), grid
    else:
        head, body = grid[0], grid[1:]
    return [_line(head), _line(["---"] * len(head)), *map(_line, body)]


def _one_after_the_other(cells: Sequence[Cell]) -> list[str]:
    lines: list[str] = []
    for cell in cells:
        lines += ["", *cell.lines] if lines and cell.lines else cell.lines
    return lines


def _leading_heads(rows: Sequence[Sequence[Cell]]) -> int:
    return next((number for number, row in enumerate(rows) if not all(cell.is_head for cell in row)), len(rows))


def _grid(rows: Sequence[Sequence[Cell]], heads: int) -> list[list[str]]:
    """Texts by row and column: repeated in the rows that a cell covers, in heads in the columns too."""
    grid: list[list[str]] = []
    covered: dict[int, tuple[str, int]] = {}  # column → text from above, and for how many rows more
    for number, row in enumerate(rows):
        waiting, texts, last_covered = deque(row), list[str](), max(covered, default=-1)
        while waiting or last_covered >= len(texts):
            column = len(texts)
            if column in covered:
                text, left = covered.pop(column)
                texts.append(text)
                if left > 1:
                    covered[column] = (text, left - 1)
            elif waiting:
                cell = waiting.popleft()
                width = max(1, min(cell.columns, _WIDEST - column))
                texts += [cell.text if number < heads or not offset else "" for offset in range(width)]
                left = min(cell.rows or _MOST_ROWS, _MOST_ROWS) - 1
                if left > 0 and column < _WIDEST:
                    covered |= {column + offset: (texts[column + offset], left) for offset in range(width)}
            else:
                texts.append("")
        grid.append(texts)
    return grid


def _without_empty_columns(grid: list[list[str]]) -> list[list[str]]:
    """Rows without the columns that are empty in all of them, as many texts in each."""
    used = {column for row in grid for column, text in enumerate(row) if text}
    width = min(len(used), _WIDEST)
    kept = [[text for column, text in enumerate(row) if column in used] for row in grid]
    return [row + [""] * (width - len(row)) for row in kept]


def _line(texts: Sequence[str]) -> str:
    return f"| {' | '.join(text.replace('|', chr(92) + '|') for text in texts)} |"
