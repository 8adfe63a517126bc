"""Parts of a paper: front matter (title, authors, affiliations) before its abstract, and its list of references."""

import re

_HEADING = re.compile(
    r"^[ \t]*(?:[0-9IVX]{0,4}\.?[ \t]*)?(?:abstract|summary|introduction)\b", re.IGNORECASE | re.MULTILINE
)
_LONGEST = 8_000  # characters; a heading beyond it ends something else
_REFERENCES = re.compile(
    r"^[ \t#*]*(?:[0-9IVX]{1,4}\.?[ \t]*)?(?:r ?eferences|bibliography|literature cited|works cited)[ \t:*]*$",
    re.IGNORECASE | re.MULTILINE,
)
_AFTER_REFERENCES = re.compile(r"^[ \t#*]*(?:[A-Z]\.?[ \t]+)?(?:appendi|supplement)", re.IGNORECASE | re.MULTILINE)


def front_matter_end(text: str) -> int | None:
    """Characters of a paper before its abstract or introduction; ``None`` for a text that has neither near its start.

    >>> front_matter_end("A Title\\nAnn Author, France\\nABSTRACT\\nWe ...")
    27
    >>> front_matter_end("A post about nothing") is None
    True
    """
    match = _HEADING.search(text, 1, _LONGEST)
    return match.start() if match else None


def references(text: str) -> range:
    """Characters of the list of references, to an appendix or the end; an empty range for a text without one.

    >>> text = "We ...\\n6. REFERENCES\\n[1] A. Author, 2019.\\nAppendix\\nMore"
    >>> text[slice(references(text).start, references(text).stop)]
    '6. REFERENCES\\n[1] A. Author, 2019.\\n'
    """
    headings = list(_REFERENCES.finditer(text))
    if not headings:
        return range(0)
    start = headings[-1].start()
    after = _AFTER_REFERENCES.search(text, headings[-1].end())
    return range(start, after.start() if after else len(text))
