"""The rules behind the model: what is done to the spans that it finds, in order."""

from collections.abc import Callable, Iterator, Mapping

from runspan.base.documents import Document
from runspan.language.boundaries import mend_boundaries
from runspan.language.completion import complete_facts
from runspan.language.exclusions import drop_excluded
from runspan.language.mentions import complete_mentions

RULES: Mapping[str, Callable[[Document], Document]] = {
    "boundaries": mend_boundaries,
    "exclusions": drop_excluded,
    "completion": complete_facts,
    "mentions": complete_mentions,
}


def apply_rules(document: Document) -> Document:
    """A document with its predicted spans as the rules leave them."""
    for rule in RULES.values():
        document = rule(document)
    return document


def rule_steps(document: Document) -> Iterator[tuple[str, Document]]:
    """The document as each rule leaves it, by the rule's name."""
    for name, rule in RULES.items():
        document = rule(document)
        yield name, document
