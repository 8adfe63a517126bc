"""Tagged documents → the records that the assembly alone makes of their spans."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from runspan.assembly.runs import assemble
from runspan.base.documents import Document
from runspan.base.labels import LABELS
from runspan.base.records import Record

_CERTAIN = 1.0


def assemble_gold_spans(documents: Iterable[Document]) -> Iterator[dict[str, Any]]:
    """Records as a predictor without a fault would write them: of all tagged spans, with score 1, ties unseen.

    >>> from runspan.language.markup import parse
    >>> record = next(assemble_gold_spans([parse('Foo has <params run="1">7B</params> weights', "a").document]))
    >>> record["id"], record["runs"][0]["params"]["value"], record["runs"][0]["params"]["score"]
    ('a', 7000000000, 1.0)
    """
    for document in documents:
        spans = tuple(replace(span, score=_CERTAIN, run=None) for span in document.spans)
        found = replace(document, spans=spans)
        runs, unassigned = assemble(found)
        yield Record(found, LABELS, runs=runs, unassigned=unassigned).as_dict()
