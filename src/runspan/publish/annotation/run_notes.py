"""What a span carries beside its label, as a short note where a format has room for one: ``run=1,2 score=0.98``."""

import re
from typing import NamedTuple

from runspan.base.documents import Span

_RUN = re.compile(r"\brun\s*=\s*(\"?)(\*|\d+(?:\s*,\s*\d+)*)\1(?=\s|;|$)")
_SCORE = re.compile(r"\bscore\s*=\s*(\d+(?:\.\d+)?(?:e-\d+)?)(?=\s|;|$)")


class Note(NamedTuple):
    """A run tie, a score, and whether the note holds anything else."""

    run: str | None
    score: float | None
    has_rest: bool


def write_note(span: Span, with_score: bool = True) -> str:
    """The note of a span; empty where there is nothing to say.

    >>> write_note(Span(0, 2, "params", 0.5, "1,2")), write_note(Span(0, 2, "params"))
    ('run=1,2 score=0.5', '')
    """
    run = [f"run={span.run}"] if span.run else []
    score = [f"score={span.score!r}"] if with_score and span.score is not None else []
    return " ".join(run + score)


def read_note(text: str) -> Note:
    """What a note says, also as people type it; the rest is not ours.

    >>> read_note('run = "1, 2"')
    Note(run='1,2', score=None, has_rest=False)
    >>> read_note("ask Ann about this")
    Note(run=None, score=None, has_rest=True)
    """
    run, score = _RUN.search(text), _SCORE.search(text)
    rest = _SCORE.sub("", _RUN.sub("", text)).strip(" ;\n")
    return Note(re.sub(r"\s", "", run[2]) if run else None, float(score[1]) if score else None, bool(rest))
