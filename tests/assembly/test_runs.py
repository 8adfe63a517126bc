"""Spans of a document with one run, and of papers: mentions joined, the best-supported value kept, nothing lost."""

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
    document = predicted("T\nAbstract\n<training>a few days</training>, <training>40 hours</training>", [0.99, 0.4])
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
    document = predicted(
        PAPER.replace("<country>Austria</country>", "Over There").replace("bob@gmail.com", "b@cs.cmu.edu")
    )
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


FRONT_ROWS = [  # front matter, with the countries that are stated tagged; the countries, and what each is inferred from
    ("1 JKU Linz\n2 Sony CSL, Paris, <country>France</country>", {"FR": None, "AT": "institution"}),
    ("Music X Lab, NYU Shanghai\n{a, b}@nyu.edu", {"CN": "institution"}),
    ("NYU Shanghai\nCarnegie Mellon university\na@nyu.edu", {"CN": "institution", "US": "institution"}),
    ("University of Unheard, <country>Chile</country>\na@cs.unheard.edu", {"CL": None, "US": "email_domain"}),
    ("Georgia Tech Lorraine, Metz, <country>France</country>\na@gatech.edu", {"FR": None}),
    ("Microsoft\nUniversity of Cambridge\na@microsoft.com", {"GB": "institution"}),
    ("Yamaha Corporation", {"JP": "company"}),
    ("Microsoft Research Asia", {"CN": "institution"}),
    ("Taiwan AI Labs\na@ailabs.tw", {"TW": "institution"}),
    ("Nobody of note\na@gmail.com", {}),
]


@pytest.mark.parametrize(("front", "expected"), FRONT_ROWS)
def test_countries_of_a_front_matter(front: str, expected: dict[str, str | None]) -> None:
    (run,), _ = assemble(predicted(f"A Title\nAnn Author, Bo Author\n{front}\nABSTRACT\nOn <hardware>A100</hardware>"))
    fields = run.fields["country"]
    assert {field.value.as_dict()["value"]: field.inferred_from for field in fields} == expected


def test_a_year_of_a_cited_work_does_not_outweigh_the_footer() -> None:
    cited = "[1] In Proc., <year>2017</year>.\n[2] In Proc., <year>2017</year>."
    document = predicted(f"In Proc. of the Conf., <year>2020</year>.\nWe train.\n6. REFERENCES\n{cited}\n")
    (run,), unassigned = assemble(document)
    assert run.fields["year"][0].value.as_dict()["value"] == 2020
    assert unassigned == [1, 2]


def test_an_appendix_after_the_references_counts() -> None:
    document = predicted(
        "On <hardware>A100</hardware>.\nReferences\n[1] A.\nAppendix A\nOn <hardware>H100</hardware>", [0.4, 0.9]
    )
    (run,), _ = assemble(document)
    assert run.fields["hardware"][0].text == "H100"


def test_without_affiliation_or_address_the_other_countries_count() -> None:
    (run,), _ = assemble(predicted("A Title\nAbstract\nTrained in <country>Chile</country>."))
    assert [field.value.as_dict()["value"] for field in run.fields["country"]] == ["CL"]


def test_addresses_of_a_text_without_front_matter_say_nothing() -> None:
    (run,), _ = assemble(predicted("Write to ann@jku.at. It has <params>7B</params>."))
    assert run.fields.get("country", []) == []
