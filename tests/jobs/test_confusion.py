"""Confusion between labels: every tagged and every predicted span is counted once."""

from runspan.base.documents import Document, Span
from runspan.jobs.comparison import Comparison
from runspan.jobs.confusion import count_confusion

TEXT = "Foo 7B on 8 A100 in 2020"
TAGGED = Document("a", TEXT, (Span(0, 3, "model"), Span(4, 6, "params"), Span(10, 11, "gpu_count")))


def test_each_span_counts_once() -> None:
    predicted = (Span(0, 6, "model"), Span(10, 11, "params"), Span(20, 24, "year"))
    counts = count_confusion([Comparison(TAGGED, predicted)])
    assert counts == {
        ("model", "model"): 1,  # too long, and of the right label
        ("params", None): 1,
        ("gpu_count", "params"): 1,
        (None, "year"): 1,
    }


def test_what_is_right_is_on_the_diagonal() -> None:
    counts = count_confusion([Comparison(TAGGED, TAGGED.spans), Comparison(Document("b", "nothing"))])
    assert counts == {(span.label, span.label): 1 for span in TAGGED.spans}
