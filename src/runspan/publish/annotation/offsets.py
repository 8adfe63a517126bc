"""Offsets in the units of other tools ↔ Unicode characters.

Python tools count Unicode characters (code points), as we do. JavaScript counts UTF-16 code units, of which a character
beyond U+FFFF (an emoji, an italic letter of mathematics) takes two.
"""

from bisect import bisect_left
from itertools import accumulate

CHARACTERS, UTF16 = "characters", "utf16"
UNITS = (CHARACTERS, UTF16)
_LAST_OF_ONE_UNIT = "\uffff"


class Ruler:
    """Converts the offsets of one text.

    >>> ruler = Ruler("😀 8 GPUs", UTF16)
    >>> ruler.theirs(2), ruler.ours(3), ruler.ours(1)
    (3, 2, None)
    """

    def __init__(self, text: str, unit: str) -> None:
        is_same = unit == CHARACTERS or text.isascii() or max(text) <= _LAST_OF_ONE_UNIT
        widths = (1 + (character > _LAST_OF_ONE_UNIT) for character in text)
        self._marks = None if is_same else list(accumulate(widths, initial=0))

    def theirs(self, offset: int) -> int:
        """An offset in characters, in the tool's unit."""
        return offset if self._marks is None else self._marks[offset]

    def ours(self, offset: int) -> int | None:
        """An offset in the tool's unit, in characters; ``None`` in the middle of a character or beyond the text."""
        if self._marks is None:
            return offset
        place = bisect_left(self._marks, offset)
        return place if place < len(self._marks) and self._marks[place] == offset else None
