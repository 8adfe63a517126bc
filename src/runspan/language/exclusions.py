"""Predicted spans that the conventions of tagging exclude, whatever a model makes of them.

What stands right beside a number can settle what it counts: nodes are no accelerators, ``22B tokens`` no parameters,
``20 hours of speech`` no training. And data sets, libraries and platforms are no models.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from runspan.base.documents import Document, Span
from runspan.language.normalize.tables import read_table

_NODES = re.compile(
    r"[^\S\n]*[ -]"
    r"(?:nodes?|machines?|instances?|servers?|hosts?|workstations?|v?CPUs?|CPU[ -]cores?|workers?|processes)"
    r"(?!\w)",
    re.I,
)
_DATA_UNITS = re.compile(
    r"[^\S\n]*(?:(?:training|text|image)\s)?"
    r"(?:tokens?|steps?|samples?|images?|examples?|iterations?|pairs?|words|sentences|frames|users|documents|hours)(?!\w)",
    re.I,
)
_OF_RECORDINGS = re.compile(
    r"\s+of\s+(?:[\w-]+\s+){0,3}?(?:audio|speech|videos?|music|recordings?|data|footage|songs|broadcasts?)(?!\w)", re.I
)
_FEW_PARAMETERS = re.compile(
    r"(?:[0-9]{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|many)[\s-]+"
    r"(?:(?:free|learnable|trainable|scalar|model)\s)?param(?:eter)?s?",
    re.I,
)  # of a function, not of a network
_DIMENSIONS = re.compile(r"[0-9]+\s?-?D|[0-9]+-d")
_BIBTEX_YEAR = re.compile(r"\byear\s*=\s*[{\"]?\s*\Z", re.I)
_CLOUD_INSTANCE = re.compile(r"(?:(?:AWS|EC2|Amazon|GCP|Azure)\b\s*)+(?:[a-z]+\d\w*)?\Z", re.I)
_LONGEST_KEY = 12  # characters of ``year = {``


def drop_excluded(document: Document) -> Document:
    """A document without the spans that no convention allows.

    >>> text = "LAION-2B and Foo, 22B tokens, 8 nodes"
    >>> spans = (Span(0, 8, "model"), Span(13, 16, "model"), Span(18, 21, "params"), Span(30, 31, "gpu_count"))
    >>> [document.surface(span) for document in [drop_excluded(Document("a", text, spans))] for span in document.spans]
    ['Foo']
    """
    return replace(document, spans=tuple(span for span in document.spans if not is_excluded(document, span)))


def is_excluded(document: Document, span: Span) -> bool:
    """Whether the surface or what stands beside it says that a span is not of its label."""
    rule = _RULES.get(span.label)
    return rule is not None and rule(document.text, span)


def _is_no_model(text: str, span: Span) -> bool:
    return text[span.start : span.end].casefold() in _not_models()


def _counts_data(text: str, span: Span) -> bool:
    return bool(_DATA_UNITS.match(text, span.end) or _FEW_PARAMETERS.fullmatch(text, span.start, span.end))


def _counts_nodes(text: str, span: Span) -> bool:
    return bool(_NODES.match(text, span.end))


def _is_no_device(text: str, span: Span) -> bool:
    surface = text[span.start : span.end]
    words = surface.lower().split()
    return all(word in _NO_DEVICES for word in words) or bool(_CLOUD_INSTANCE.match(surface))


_NO_DEVICES = frozenset({"node", "nodes", "of", "machine", "machines", "single", "gpu", "gpus", "tpu", "tpus", "aws"})


def _measures_data(text: str, span: Span) -> bool:
    return bool(_OF_RECORDINGS.match(text, span.end) or _DIMENSIONS.fullmatch(text, span.start, span.end))


def _is_of_bibtex(text: str, span: Span) -> bool:
    return bool(_BIBTEX_YEAR.search(text, max(0, span.start - _LONGEST_KEY), span.start))


@cache
def _not_models() -> frozenset[str]:
    """Data sets, libraries, platforms and parts of networks, in small letters."""
    return frozenset(row["name"].casefold() for row in read_table("not_models"))


_RULES: dict[str, Callable[[str, Span], bool]] = {
    "model": _is_no_model,
    "params": _counts_data,
    "gpu_count": _counts_nodes,
    "hardware": _is_no_device,
    "training": _measures_data,
    "year": _is_of_bibtex,
}
