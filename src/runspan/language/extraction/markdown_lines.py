"""Lines of Markdown under construction: what begins them, what parts them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

DEEPEST = 10  # lists, quotes, tables in each other that are shown as such
_WHITE = re.compile(r"[ \t\n\f\r]+")


@dataclass(slots=True)
class Lines:
    """The lines of a page or of a cell, the last one open.

    Attributes:
        done: Finished lines.
        words: Pieces of the line that is open.
        prefixes: What each line begins with: indents of lists, signs of quotes.
        first: What the next line begins with in place of the last prefix.
        gap: Whether an empty line comes before the next one.
        is_simple: Whether the lines could stand on one.
        is_term: Whether the line that is open is a term that awaits its definition.
    """

    done: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    first: str | None = None
    gap: bool = False
    is_simple: bool = True
    is_term: bool = False

    def end(self, gap: bool = False) -> None:
        """Ends the line that is open."""
        if self.words:
            line = _WHITE.sub(" ", "".join(self.words)).strip(" ")
            self.words.clear()
            if line.strip():
                self.put(line)
        self.gap = self.gap or (gap and self.first is None)

    def put(self, line: str) -> None:
        """Adds a line as it stands."""
        if self.gap and self.done:
            self.done.append("")
        self.gap = False
        above = self.prefixes[-DEEPEST - 1 : -1] if self.first is not None else self.prefixes[-DEEPEST:]
        self.done.append(("".join(above) + (self.first or "") + line).rstrip(" "))
        self.first = None

    def indent(self, prefix: str, first: str | None = None) -> None:
        """Begins what stands behind a prefix."""
        self.prefixes.append(prefix)
        self.first = first

    def dedent(self) -> None:
        """Ends what stands behind the last prefix."""
        self.prefixes.pop()
        self.first = None

    def put_all(self, lines: Sequence[str]) -> None:
        """Adds lines as they stand, apart from what is around them."""
        self.gap = True
        for line in lines:
            self.put(line)
        self.gap = True

    def end_term(self) -> None:
        """Ends a term whose definition follows on the same line."""
        term = "".join(self.words).rstrip(": \t\n")
        self.words[:] = [f"{term}: "] if term else []
