"""The text of a file that is not plain text."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExtractedText:
    """Text that was taken out of a file.

    Attributes:
        text: The text; lines end with ``\\n``.
        page_starts: Of each page, where in the text it begins, in Unicode code points; empty where there are no pages.
        warnings: What could not be read.
    """

    text: str
    page_starts: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()
