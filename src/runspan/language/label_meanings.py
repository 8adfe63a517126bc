"""What each label stands for, in words: the table beside this module."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a label stands for.

    Attributes:
        fact: The fact of a training run.
        span: Which characters a span of it has, in Markdown.
    """

    fact: str
    span: str


@cache
def label_meanings() -> dict[str, Meaning]:
    """Meanings of the known labels. Callers share the dictionary and must not change it.

    >>> label_meanings()["year"]
    Meaning(fact='when', span='four digits, of training, release or the document itself')
    """
    text = files(__package__).joinpath("label_meanings.csv").read_text(encoding="utf-8")
    return {row["label"]: Meaning(row["fact"], row["span"]) for row in csv.DictReader(text.splitlines())}
