"""Tables and messages on a terminal. Messages go to stderr, so that stdout holds nothing but results."""

import sys
from collections.abc import Sequence
from typing import IO

from rich.console import Console
from rich.table import Table

_WIDTH_OF_A_FILE = 180


def _console(stream: IO[str], to_stderr: bool) -> Console:
    return Console(stderr=to_stderr, highlight=False, markup=False, width=None if stream.isatty() else _WIDTH_OF_A_FILE)


messages = _console(sys.stderr, to_stderr=True)
output = _console(sys.stdout, to_stderr=False)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], text_columns: int = 1) -> Table:
    """A table whose first ``text_columns`` columns are text and whose others are numbers."""
    out = Table(title=title, title_justify="left", title_style="bold")
    for i, column in enumerate(columns):
        out.add_column(column, justify="left" if i < text_columns else "right", overflow="fold")
    for row in rows:
        out.add_row(*("" if cell is None else str(cell) for cell in row))
    return out
