"""Templates of Markdown pages, filled in."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined

NOTHING = "–"


def render(package: str, template: str, **values: Any) -> str:
    """A template that lies in a package, with its values filled in; one that lacks a value is an error."""
    environment = Environment(  # Markdown, not HTML: what is not our own text is escaped where it is handed over
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, autoescape=False
    )
    environment.filters |= {"score": score_cell, "interval": interval_cell}
    source = files(package).joinpath(template).read_text(encoding="utf-8")
    return environment.from_string(source).render(**values)


def score_cell(value: float | None) -> str:
    """A score for a table.

    >>> score_cell(0.75), score_cell(None)
    ('0.750', '–')
    """
    return NOTHING if value is None else f"{value:.3f}"


def interval_cell(bounds: Sequence[float] | None) -> str:
    """The interval of a score for a table.

    >>> interval_cell([0.5, 0.75]), interval_cell(None)
    ('0.500–0.750', '–')
    """
    return NOTHING if not bounds else "–".join(map(score_cell, bounds))
