"""Documents with their records for tests of the review page, made without a model."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from runspan.assembly.estimates import estimate_runs
from runspan.assembly.runs import assemble
from runspan.base.documents import Document, Span
from runspan.base.labels import LABELS
from runspan.base.records import Record
from runspan.language.markup import parse

HOSTILE = (
    "🤗🤗 </script><script>window.broken = 1</script><!-- <img src=x onerror='window.broken = 2'>\r\n"
    "\u2028\u2029 𝔘 & a\0b\r\n"
)
ONE_RUN = (
    "🤗 We trained <model>Foo-v1</model> (<params>34 billion parameters</params>) on <gpu_count>64</gpu_count> "
    "<hardware>NVIDIA A100 80GB GPUs</hardware> for about <training>4 weeks</training> in <country>France</country>, "
    "<year>2023</year>."
)
TWO_RUNS = (
    '| <model run="1">Bar-7B</model> | <params run="1">7B</params> | <gpu_count run="1">8</gpu_count> | '
    '<hardware run="1">V100</hardware> |\n'
    '| <model run="2">Bar-70B</model> | <params run="2">70B</params> | <gpu_count run="2">128</gpu_count> | '
    '<hardware run="2">H100</hardware> |\n'
)
TAG_IN_TEXT = "\ue000" * len("</year>")  # stands for what would be read as a tag


class Example(NamedTuple):
    """A record as its JSON has it, and its text."""

    record: Mapping[str, Any]
    text: str


def example(id: str, tagged: str) -> Example:
    """The record that the assembly makes of tagged spans, as though a model had found them."""
    tagged_document = parse(tagged, id).document
    spans = tuple(Span(span.start, span.end, span.label, 0.9 - i / 100) for i, span in enumerate(tagged_document.spans))
    document = Document(id, tagged_document.text.replace(TAG_IN_TEXT, "</year>"), spans, f"{id}.txt")
    runs, unassigned = assemble(document)
    record = Record(document, LABELS, 10, 1, estimate_runs(runs), unassigned, ["a <b>warning</b>"])
    return Example(json.loads(json.dumps(record.as_dict())), document.text)


def failed(id: str) -> Example:
    """The record of a document that could not be read."""
    return Example(Record(Document(id, "", source=f"{id}.txt"), LABELS, error=f"{id}.txt: broken").as_dict(), "")


def write_records(file: Path, examples: list[Example]) -> Path:
    """Records as infer.py writes them."""
    file.write_text("".join(json.dumps(one.record) + "\n" for one in examples), encoding="utf-8")
    return file
