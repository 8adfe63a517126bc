"""Elements and text in the order of a page → lines of Markdown."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from runspan.language.extraction.markdown_lines import DEEPEST, Lines
from runspan.language.extraction.markdown_table import Cell, table_lines

_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_PARAGRAPHS = frozenset({*_HEADINGS, "p", "dl", "figure", "section", "article", "details", "blockquote", "hr"})
_LINES = frozenset(
    {"body", "main", "header", "footer", "aside", "nav", "search", "menu", "div", "center", "dt", "dd", "address"}
    | {"summary", "figcaption", "hgroup", "dialog", "form", "fieldset", "legend", "textarea", "tbody", "tfoot"}
)
_APART = frozenset({"button", "label", "input"})  # on the same line as their neighbours
_LISTS = frozenset({"ul", "ol", "li"})
_TABLES = frozenset({"table", "thead", "tr", "td", "th", "caption"})


@dataclass(slots=True)
class _Table:
    """A table that is open: its rows so far, how many are heads, and the attributes of the cell that is open."""

    rows: list[list[Cell]] = field(default_factory=list)
    heads: int = 0
    in_head: bool = False
    attributes: Mapping[str, str | None] = field(default_factory=dict)

    def add_cell(self, tag: str, lines: Lines) -> None:
        """Ends the cell that is open."""
        self.heads += self.in_head and not self.rows[-1]
        columns, rows = (_integer(self.attributes.get(name), 1) for name in ("colspan", "rowspan"))
        self.rows[-1].append(Cell(lines.done, tag == "th", columns, rows, lines.is_simple))


class MarkdownWriter:
    """Writes what a walk through a page enters, reads and leaves.

    >>> writer = MarkdownWriter()
    >>> for word in ("one", "two"):
    ...     writer.enter("li", {})
    ...     writer.write(word)
    ...     writer.leave("li")
    >>> writer.text()
    '- one\\n- two\\n'
    """

    def __init__(self) -> None:
        self._all_lines = [Lines()]  # of the page, then of the cells around the place
        self._tables: list[_Table] = []
        self._deeper = 0  # tables in so many others that they are not shown as tables
        self._numbers: list[int | None] = []  # of each list that is open: the number of its next item
        self._headings = 0
        self._code = 0

    @property
    def _lines(self) -> Lines:
        return self._all_lines[-1]

    def text(self) -> str:
        """All that was written."""
        self._lines.end()
        return "".join(f"{line}\n" for line in self._lines.done)

    def write(self, text: str) -> None:
        """Writes words on the line that is open."""
        if text:
            self._lines.words.append(text)

    def write_heading(self, text: str) -> None:
        """Writes a heading of the first level."""
        self.enter("h1", {})
        self.write(text)
        self.leave("h1")

    def enter(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        """Begins an element."""
        if self._code:
            self._code += tag == "pre"
            self._break_code(tag)
        elif tag in _TABLES:
            self._enter_table(tag, attributes)
        elif tag in _LISTS:
            self._enter_list(tag, attributes)
        elif tag == "pre":
            self._lines.end(gap=True)
            self._lines.is_simple = False
            self._code = 1
        else:
            self._enter_text(tag)

    def leave(self, tag: str) -> None:
        """Ends an element."""
        if self._code:
            self._code -= tag == "pre"
            if not self._code:
                self._end_code()
        elif tag in _TABLES:
            self._leave_table(tag)
        elif tag in _LISTS:
            self._leave_list(tag)
        else:
            self._leave_text(tag)

    def _enter_text(self, tag: str) -> None:
        lines = self._lines
        if tag in _HEADINGS:
            lines.end(gap=True)
            lines.indent("", _HEADINGS[tag] if len(self._all_lines) == 1 else None)
            self._headings += 1
        elif tag == "blockquote":
            lines.end(gap=True)
            lines.indent("> ")
        elif tag == "dd" and lines.is_term:
            lines.end_term()
        elif tag in _PARAGRAPHS or tag in _LINES:
            lines.end(gap=tag in _PARAGRAPHS)
        elif tag in _APART or (tag == "br" and self._headings):
            self.write(" ")
        elif tag == "br":
            lines.end()
        elif tag == "sup" and lines.words and lines.words[-1][-1].isdigit():
            self.write("^")
        lines.is_term = False

    def _leave_text(self, tag: str) -> None:
        lines = self._lines
        if tag in _PARAGRAPHS or tag in _LINES:
            if tag == "dt":
                lines.is_term = True
                return
            lines.end(gap=tag in _PARAGRAPHS)
        if tag in _HEADINGS or tag == "blockquote":
            lines.dedent()
        self._headings -= tag in _HEADINGS
        if tag in _APART:
            self.write(" ")

    def _enter_list(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        lines = self._lines
        if tag != "li":
            lines.end(gap=not self._numbers)
            self._numbers.append(_integer(attributes.get("start"), 1) if tag == "ol" else None)
            return
        lines.end()
        number = self._numbers[-1] if self._numbers else None
        if number is not None:
            self._numbers[-1] = number + 1
        sign = "- " if number is None else f"{number}. "
        lines.indent(" " * len(sign), sign)

    def _leave_list(self, tag: str) -> None:
        lines = self._lines
        lines.end()
        if tag == "li":
            lines.dedent()
            lines.gap = False
        else:
            self._numbers.pop()
            lines.gap = not self._numbers

    def _enter_table(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        self._lines.end(gap=tag == "table")
        if tag == "table" and len(self._tables) < DEEPEST:
            self._lines.is_simple = False
            self._tables.append(_Table())
        elif tag == "table":
            self._deeper += 1
        elif self._tables and not self._deeper:
            table = self._tables[-1]
            table.in_head = table.in_head or tag == "thead"
            if tag == "tr":
                table.rows.append([])
            elif tag != "thead":
                table.attributes = attributes
                self._all_lines.append(Lines())

    def _leave_table(self, tag: str) -> None:
        lines = self._lines
        lines.end(gap=tag == "table")
        if self._deeper or not self._tables:
            self._deeper -= tag == "table" and self._deeper > 0
        elif tag == "table":
            table = self._tables.pop()
            lines.put_all(table_lines(table.rows, table.heads))
        elif tag == "caption":
            self._all_lines.pop()
            self._lines.put_all(lines.done)
        elif tag in ("td", "th"):
            self._all_lines.pop()
            self._tables[-1].add_cell(tag, lines)
        elif tag == "thead":
            self._tables[-1].in_head = False

    def _break_code(self, tag: str) -> None:
        """Ends a line of code where the page does so by elements, as many that number its lines."""
        words = self._lines.words
        is_line = tag in _LINES or tag in ("li", "tr")
        if tag == "br" or (is_line and words and not words[-1].endswith("\n")):
            self.write("\n")

    def _end_code(self) -> None:
        code = "".join(self._lines.words).strip("\n")
        self._lines.words.clear()
        if code.strip():
            self._lines.put_all(["```", *(line.rstrip() for line in code.split("\n")), "```"])


def _integer(text: str | None, default: int) -> int:
    try:
        return int(text or default)
    except ValueError:
        return default
