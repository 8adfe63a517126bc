"""Values of entities swapped for others, written in the same manner, and the same for every mention in a document."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from runspan.base.documents import Document
from runspan.language.compose.edit import Edit, Swaps, edit_safely, surfaces_of
from runspan.language.compose.swap_hardware import read_device, swap_hardware, swap_untagged_hardware
from runspan.language.compose.swap_models import resize_models, swap_models
from runspan.language.compose.swap_numbers import swap_numbers
from runspan.language.compose.swap_places import EARLIEST, swap_countries, swap_towns, swap_years

_ARTICLE = re.compile(r"(?<![\w-])([Aa]n?)(\s+)$")
_AN = re.compile(r"8|11(?!\d)|18(?!\d)|nvidia|[AEFHILMNORSX](?:[A-Z\d]|$)|(?!uni|one|eu|[A-Z]{2}|U\d)[aeiou]", re.I)


@dataclass(frozen=True, slots=True)
class SubstitutionRates:
    """How often, of all documents, the values of a label are swapped, and the devices outside of all spans."""

    model: float = 0.3
    params: float = 0.5
    gpu_count: float = 0.5
    hardware: float = 0.6
    training: float = 0.5
    country: float = 0.3
    year: float = 0.5
    untagged_hardware: float = 1.0


def substitute(document: Document, random: Random, rates: SubstitutionRates | None = None) -> Document:
    """The document with other values, written in the manner of the old ones.

    All mentions of one surface are swapped for the same new surface, and mentions of one number, device or country for
    the same other, whatever their form. What can't be swapped with certainty stays as it is.

    Args:
        document: Document to swap the values of.
        random: Source of all choices.
        rates: How often the values of each label are swapped.

    >>> from runspan.language.markup import parse, write
    >>> tagged = "It took <training>31 hours</training> on an <hardware>RTX A6000</hardware>, <year>2023</year>."
    >>> print(write(substitute(parse(tagged).document, Random(0))))
    It took <training>31 hours</training> on an <hardware>RTX A4000</hardware>, <year>2023</year>.
    """
    rates = rates or SubstitutionRates()
    chosen = [label for label in SubstitutionRates.__slots__ if random.random() < getattr(rates, label)]
    swaps: dict[str, Swaps] = {}
    for label in ("params", "gpu_count", "training"):
        swaps[label] = swap_numbers(document, label, random) if label in chosen else {}
    swaps["hardware"] = swap_hardware(document, random) if "hardware" in chosen else {}
    swaps["country"] = swap_countries(document, random) if "country" in chosen else {}
    devices = [swaps["hardware"].get(surface, surface) for surface in surfaces_of(document, "hardware")]
    newest = max((found.device.year for surface in devices if (found := read_device(surface))), default=EARLIEST)
    swaps["year"] = swap_years(document, random, newest) if "year" in chosen else {}
    edits = [*swap_models(document, random)] if "model" in chosen else []
    edits += swap_towns(document, swaps["country"], random)
    edits += resize_models(document, swaps["params"])
    if "untagged_hardware" in chosen:
        edits += swap_untagged_hardware(document, swaps["hardware"], random)
    edits += _edits_of(document, swaps)
    return edit_safely(document, edits)


def _edits_of(document: Document, swaps: dict[str, Swaps]) -> Iterator[Edit]:
    """Edits of whole spans, and of an article before one that no longer suits."""
    for span in document.spans:
        old = document.surface(span)
        new = swaps.get(span.label, {}).get(old, old)
        if new == old:
            continue
        yield Edit(span.start, span.end, new)
        article = _ARTICLE.search(document.text, max(0, span.start - 8), span.start)
        if article and bool(_AN.match(old)) == (len(article[1]) == 2) != bool(_AN.match(new)):
            yield Edit(*article.span(1), article[1][0] + "n" * bool(_AN.match(new)))
