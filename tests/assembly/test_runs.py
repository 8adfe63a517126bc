"""Spans → one run: mentions joined, the best-supported value kept, nothing lost."""

import pytest

from runspan.assembly.runs import assemble
from runspan.base.documents import Document, Span
from runspan.language.markup import parse


def predicted(tagged: str, scores: list[float] | None = None) -> Document:
    document = parse(tagged).document
    spans = tuple(
        Span(s.start, s.end, s.label, score)
        for s, score in zip(document.spans, scores or [0.9] * len(document.spans), strict=True)
    )
    return Document("d", document.text, spans)


def test_mentions_of_one_value_are_joined() -> None:
    document = predicted("<params>7B</params>, or <params>7 billion parameters</params>", [0.8, 0.9])
    (run,), unassigned = assemble(document)
    (field,) = run.fields["params"]
    assert field.value.as_dict()["value"] == 7_000_000_000
    assert field.text == "7 billion parameters"
    assert field.mentions == ((0, 2), (7, 27))
    assert unassigned == []


def test_the_value_with_most_evidence_wins_and_the_other_stays_visible() -> None:
    document = predicted("<year>2019</year> <year>2023</year> <year>2023</year>", [0.9, 0.6, 0.6])
    (run,), unassigned = assemble(document)
    assert run.fields["year"][0].value.as_dict()["value"] == 2023
    assert unassigned == [0]


def test_a_value_that_can_be_read_comes_before_one_that_cannot() -> None:
    document = predicted("<training>a few days</training>, <training>40 hours</training>", [0.99, 0.4])
    (run,), unassigned = assemble(document)
    assert run.fields["training"][0].value.as_dict()["value"] == 40.0
    assert unassigned == [0]


def test_a_value_that_cannot_be_read_keeps_its_text() -> None:
    (run,), unassigned = assemble(predicted("<training>a few days</training>"))
    (field,) = run.fields["training"]
    assert (field.value.as_dict()["value"], field.text, unassigned) == (None, "a few days", [])


def test_countries_are_a_list_without_repeats() -> None:
    document = predicted(
        "<country>France</country> <country>Europe</country> <country>UK</country> <country>France</country>"
    )
    (run,), unassigned = assemble(document)
    assert [field.value.as_dict()["value"] for field in run.fields["country"]] == ["FR", "GB"]
    assert unassigned == [1]


@pytest.mark.parametrize("text", ["", "no fact here"])
def test_no_spans_no_run(text: str) -> None:
    assert assemble(Document("d", text)) == ([], [])


def test_a_label_of_ones_own_keeps_its_text() -> None:
    (run,), _ = assemble(Document("d", "5 MWh", (Span(0, 5, "energy", 0.9),)))
    assert run.fields["energy"][0].value.as_dict() == {"value": "5 MWh"}


PAPER = (
    "A Title\nAnn Author, University of Here, <country>Austria</country>\nann@jku.at bob@gmail.com\n"
    "ABSTRACT\nWe train. In Proc., Milan, <country>Italy</country>, <year>2023</year>\n"
)


def test_the_countries_of_a_paper_are_its_authors() -> None:
    (run,), unassigned = assemble(predicted(PAPER))
    (country,) = run.fields["country"]
    assert (country.value.as_dict()["value"], country.inferred_from) == ("AT", None)
    assert unassigned == [1]


def test_a_country_is_inferred_from_an_address_and_says_so() -> None:
    document = predicted(PAPER.replace("<country>Austria</country>", "Linz").replace("bob@gmail.com", "b@cs.cmu.edu"))
    (run,), unassigned = assemble(document)
    first, second = (field.as_dict() for field in run.fields["country"])
    assert (first["value"], first["name"], first["text"], first["inferred_from"]) == (
        "AT",
        "Austria",
        "jku.at",
        "email_domain",
    )
    assert document.text[first["start"] : first["end"]] == "jku.at"
    assert (second["value"], second["text"]) == ("US", "cs.cmu.edu")
    assert unassigned == [0]


def test_without_affiliation_or_address_the_other_countries_count() -> None:
    (run,), _ = assemble(predicted("A Title\nAbstract\nTrained in <country>Chile</country>."))
    assert [field.value.as_dict()["value"] for field in run.fields["country"]] == ["CL"]


def test_addresses_of_a_text_without_front_matter_say_nothing() -> None:
    (run,), _ = assemble(predicted("Write to ann@jku.at. It has <params>7B</params>."))
    assert run.fields.get("country", []) == []
