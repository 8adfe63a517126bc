"""Boundaries of predicted spans: what the conventions say, and nothing else changed."""

import pytest

from runspan.base.documents import Document, Span
from runspan.language.boundaries import mend_boundaries
from runspan.language.markup import parse

ROWS = [
    # what a model found (tagged), what the conventions make of it
    ("the <model>Foo</model>-v1-7B-IT model", "model|Foo-v1-7B-IT"),
    ("our <model>Foo</model>-<model>LION-v1</model>-7B.", "model|Foo-LION-v1-7B"),
    ("our <model>Foo-7B-</model>IT is", "model|Foo-7B-IT"),
    ("<model>FooV0.</model>2-large |", "model|FooV0.2-large"),
    ("<model>S</model>++ and <model>B</model>.", "model|S++ model|B"),
    ("a <model>Foo</model>. Then", "model|Foo"),
    ("a <model>Foo</model>-<hardware>A100</hardware>", "model|Foo hardware|A100"),
    ("<model>Foo (base</model>) is", "model|Foo (base)"),
    ("at org/<model>foo</model>-7b now", "model|foo-7b"),
    ("<params>about 200 million</params> parameters.", "params|200 million parameters"),
    ("<params>~200M</params> in all", "params|200M"),
    ("a **<params>1</params>.1B model", "params|1.1B"),
    ("a **1.<params>1B</params> model", "params|1.1B"),
    ("of <params>7B</params> parametrised", "params|7B"),
    ("<gpu_count>2x</gpu_count> RTX", "gpu_count|2"),
    ("<gpu_count>4 x 8</gpu_count> RTX", "gpu_count|4 x 8"),
    ("<hardware>A100 (80G</hardware>), which", "hardware|A100 (80G)"),
    ("<hardware>A100 (</hardware>40G.", "hardware|A100"),
    ("<hardware>A100 80G)</hardware>", "hardware|A100 80G"),
    ("on 384 <hardware>A100</hardware>’s and", "hardware|A100’s"),
    ("the <hardware>A100</hardware>'s memory", "hardware|A100"),
    ("8 <hardware>V100</hardware> cards", "hardware|V100 cards"),
    ("<hardware>A100 graphics</hardware> cards and", "hardware|A100 graphics cards"),
    ("2M <hardware>A100</hardware> GPU hours", "training|2M A100 GPU hours"),
    ("<hardware>A100</hardware> GPU memory", "hardware|A100"),
    ("<hardware>TPU v3</hardware>-<gpu_count>8</gpu_count>", "hardware|TPU v3 gpu_count|8"),
    ("for about <training>3 weeks</training>", "training|about 3 weeks"),
    ("for ~ <training>3 weeks</training>", "training|~ 3 weeks"),
    ("<training>only 3 weeks</training>", "training|3 weeks"),
    ("used 1,488,137.<training>26 DCU hours</training>", "training|1,488,137.26 DCU hours"),
    ("spanned <training>approximately</training> 4 weeks of", "training|approximately 4 weeks"),
    ("took <training>~</training>1.5 GPU days", "training|~1.5 GPU days"),
    ("<training>roughly</training> the same", ""),
    ("for <training>36</training> hours", "training|36 hours"),
    ("| <training>36</training> | 40 |", "training|36"),
    ("only 2.66M <hardware>H800</hardware> GPU hours", "training|2.66M H800 GPU hours"),
    ("<gpu_count>300</gpu_count> <hardware>A100</hardware>-hours", "training|300 A100-hours"),
    ("| <hardware>A100</hardware> GPU hours |", "hardware|A100"),
    ("in <year>2023</year>-09-01", "year|2023"),
    ("in <country>France</country>-based", "country|France"),
]


@pytest.mark.parametrize(("tagged", "expected"), ROWS)
def test_rows(tagged: str, expected: str) -> None:
    document = mend_boundaries(parse(tagged, "a").document)
    assert " ".join(f"{span.label}|{document.surface(span)}" for span in document.spans) == expected


def test_spans_that_meet_keep_the_higher_score() -> None:
    document = Document("a", "Foo-LION-7B", (Span(0, 3, "model", score=0.6), Span(4, 8, "model", score=0.9)))
    assert mend_boundaries(document).spans == (Span(0, 11, "model", score=0.9),)
