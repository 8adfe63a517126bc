"""Where a paper's front matter ends: title, authors and affiliations stand before its abstract."""

import re

_HEADING = re.compile(
    r"^[ \t]*(?:[0-9IVX]{0,4}\.?[ \t]*)?(?:abstract|summary|introduction)\b", re.IGNORECASE | re.MULTILINE
)
_LONGEST = 8_000  # characters; a heading beyond it ends something else


def front_matter_end(text: str) -> int | None:
    """Characters of a paper before its abstract or introduction; ``None`` for a text that has neither near its start.

    >>> front_matter_end("A Title\\nAnn Author, France\\nABSTRACT\\nWe ...")
    27
    >>> front_matter_end("A post about nothing") is None
    True
    """
    match = _HEADING.search(text, 1, _LONGEST)
    return match.start() if match else None
