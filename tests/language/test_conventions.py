"""Conventions of tagging, untagged mentions, values of runs, and the distribution of values: rows of tagged text."""

from collections.abc import Callable

import pytest

from runspan.base.documents import Document, Span
from runspan.language import conventions, markup
from runspan.language.conventions import FAULTS, WARNINGS, find_faults, find_warnings
from runspan.language.distribution import FEWEST_DOCUMENTS, most_frequent, value_of
from runspan.language.mentions import untagged_mentions

ROWS: dict[str, tuple[list[str], list[str]]] = {  # rule: what it finds, what it leaves alone
    "year_is_four_digits": (
        ["<year>March 2024</year>", "<year>'23</year>", "<year>2019-20</year>", "<year>٢٠٢٤</year>"],
        ["<year>2024</year>-03-01", "March <year>2024</year>"],
    ),
    "count_has_no_times": (
        [
            "<gpu_count>8x</gpu_count>",
            "<gpu_count>8 ×</gpu_count>",
            "<gpu_count>×8</gpu_count>",
            "<gpu_count>x 8</gpu_count>",
            "<gpu_count>eight x</gpu_count>",
        ],
        [
            "<gpu_count>8</gpu_count>x A100",
            "<gpu_count>4x8</gpu_count>",
            "<gpu_count>32 × 8</gpu_count>",
            "<gpu_count>six</gpu_count>",
            "<gpu_count>Six</gpu_count>",
        ],
    ),
    "count_has_no_noun": (
        ["<gpu_count>8 GPUs</gpu_count>", "<gpu_count>two cards</gpu_count>", "<gpu_count>32 TPU cores</gpu_count>"],
        ["<gpu_count>8</gpu_count> GPUs", "<gpu_count>a pair</gpu_count> of GPUs"],
    ),
    "params_have_a_number": (
        ["<params>parameters</params>", "<params>several billion</params>", "<params>B</params>"],
        [
            "<params>7B</params>",
            "<params>half a billion</params>",
            "<params>ninety million parameters</params>",
            "<params>10⁹ parameters</params>",
            "<params>$1.3 \\times 10^9$</params>",
        ],
    ),
    "params_are_not_approximate": (
        ["<params>about 7B</params>", "<params>~7B</params>", "<params>≈ 7B</params>", "<params>approx. 7B</params>"],
        ["about <params>7B</params>", "~<params>7B</params>"],
    ),
    "training_has_no_bound": (
        [
            "<training>only 3 days</training>",
            "<training>Less than a week</training>",
            "<training>up to\n9 h</training>",
            "<training>over 20 days</training>",
        ],
        ["only <training>3 days</training>", "<training>overnight</training>", "<training>about 3 days</training>"],
    ),
    "boundaries_are_whole": (
        [
            "<model>Foo</model>-7B",
            "1.<params>1B</params>",
            "on <hardware>A100</hardware> cards",
            "<params>7M</params> parameters",
        ],
        [
            "<model>Foo-7B</model>.",
            "<hardware>TPU v3</hardware>-<gpu_count>8</gpu_count>",
            "<hardware>A100</hardware> GPU hours",
            "<country>France</country>-based",
        ],
    ),
    "nothing_excluded_is_tagged": (
        [
            "on <gpu_count>8</gpu_count> nodes",
            "a <gpu_count>single</gpu_count> machine",
            "<params>22B</params> tokens",
            "<training>960 hours</training> of labelled speech",
            "<training>12-D</training> vectors",
            "has <params>three parameters</params>",
            "pre-trained on <model>ImageNet</model>",
            "year={<year>2023</year>}",
            "<hardware>AWS EC2 p4d</hardware>.24xlarge",
        ],
        [
            "<gpu_count>8</gpu_count> L4 instances",
            "<params>22B</params> model",
            "<params>22B</params>\nIterations",
            "<gpu_count>8</gpu_count>\nNodes",
            "<training>960 hours</training> of training",
            "<training>12 d</training>",
            "<params>three million parameters</params>",
            "<model>ImageNet-Former</model>",
            "year <year>2023</year>",
            "<hardware>A100</hardware> nodes",
        ],
    ),
    "training_holds_its_approximator": (
        [
            "about <training>3 days</training>",
            "~<training>3 days</training>",
            "took Roughly\n<training>9 h</training>",
            "≈ <training>3 days</training>",
            "approx. <training>3 days</training>",
        ],
        [
            "<training>about 3 days</training>",
            "about only <training>3 days</training>",
            "there-about <training>3 days</training>",
            "took~<training>3 days</training>",
            "about <params>7B</params>",
        ],
    ),
    "hardware_is_named": (
        [
            "<hardware>GPUs</hardware>",
            "<hardware>graphics cards</hardware>",
            "<hardware>TPU</hardware>",
            "<hardware>accelerators</hardware>",
        ],
        ["<hardware>A100 GPUs</hardware>", "<hardware>TPU v3</hardware>", "<hardware>DCU</hardware>"],
    ),
    "brackets_are_balanced": (
        ["<hardware>A100 (80GB</hardware>)", "(<training>3 days)</training>", "<model>[Foo</model>]"],
        ["<hardware>A100 (80GB)</hardware>", "(<training>3 days</training>)"],
    ),
    "country_is_alone": (["<country>Paris, France</country>"], ["Paris, <country>France</country>"]),
    "runs_are_numbered": (
        ['<params run="2">7B</params>', '<params run="1">7B</params> <params run="3">9B</params>'],
        ["<params>7B</params>", '<params run="1">7B</params> <params run="2">9B</params>', "nothing"],
    ),
    "values_are_readable": (
        ["<params>12 layers</params>", "<training>3 epochs</training>", "<gpu_count>8 nodes of sorts</gpu_count>"],
        [
            "<params>7B</params>",
            "<training>72</training>",
            "<training>1.3M</training>",
            "<training>5:41</training>",
            "<training>a few days</training>",
            "<training>3 nights</training>",
            "<training>23 天</training>",
            "<params>7B–70B</params>",
            "<hardware>Foo 9000</hardware>",
            "<params>640 mila parametri</params>",
        ],
    ),
    "mentions_are_tagged": (
        ["<model>Foo</model>, then Foo", "**Foo** is <model>Foo</model>", "(Foo) <model>Foo</model>."],
        [
            "<model>Foo</model> and foo and Foo-2 and PreFoo",
            "<model>Foo</model> `Foo` at https://x.example/Foo",
            "<model>Foo</model>\n```\nFoo\n```\n",
            "<model>Foo</model> org/Foo",
            "<model>v2</model> and v2",
            "<model>Foo</model>\n@misc{Foo,\n title={Foo}\n}",
            "<model>Foo</model> <img alt='Foo'>",
            "Foo.load()",
            "<model>Foo</model> by the Foo Team",
            "[a](Foo 1) <model>Foo</model>",
            "<model>Foo 2</model> <b>Foo</b>",
        ],
    ),
    "ties_are_complete": (
        [
            '<params run="1">7B</params> <gpu_count>8</gpu_count>',
            '<year>2024</year> <params run="1">7B</params>',
            '<year run="1">2024</year> and <year>2024</year>',
        ],
        [
            '<training run="1">7 h</training>, in all <training>9 h</training>',
            "<params>7B</params> <year>2024</year>",
            '<params run="*">7B</params>',
            '<year run="1">2024</year>, first in <year>2021</year>',
        ],
    ),
    "runs_have_one_value": (
        [
            "<params>7B</params> or <params>9B</params>",
            '<params run="1">7B</params> <params run="1,2">9B</params>',
            f"<hardware>A100</hardware>{' and so on' * 4} <hardware>V100</hardware>",
            "<training>3 days</training>, <training>9 h</training>, <training>8 h</training>",
        ],
        [
            "<params>7B</params> (<params>6.7 billion</params>)",
            "<training>a week</training> <training>6 d</training>",
            '<params run="1">7B</params> <params run="2">9B</params>',
            "<model>A</model> <model>B</model>",
            "<training>3 days</training> <training>900 GPU hours</training>",
            "<params>7</params> <params>9</params>",
            "<hardware>RTX 2070s</hardware>, <hardware>1080 Tis</hardware>",
            "<year>2023</year> <year>2024</year>",
            "<gpu_count>256</gpu_count> then <gpu_count>224</gpu_count>",
            '<params run="1">7B</params> <params run="*">9B</params> <params>16B</params>',
            f"<hardware>Titan X (Maxwell)</hardware>{' and so on' * 4} <hardware>Titan X</hardware>",
        ],
    ),
}
RULES = {rule.__name__: rule for rule in (*FAULTS, *WARNINGS)}


def parse(tagged: str) -> Document:
    document, faults, _ = markup.parse(tagged, "a")
    assert not faults
    return document


def test_every_rule_has_rows() -> None:
    assert set(ROWS) == set(RULES)


@pytest.mark.parametrize(("rule", "tagged"), [(name, text) for name, rows in ROWS.items() for text in rows[0]])
def test_found(rule: str, tagged: str) -> None:
    found = list(RULES[rule](parse(tagged)))
    assert len(found) == 1, found


@pytest.mark.parametrize(("rule", "tagged"), [(name, text) for name, rows in ROWS.items() for text in rows[1]])
def test_left_alone(rule: str, tagged: str) -> None:
    assert list(RULES[rule](parse(tagged))) == []


@pytest.mark.parametrize(
    ("find", "tagged", "expected"),
    [
        (find_faults, "a\n<year>2024</year> <year>in 2024</year>", ["a:2:19: <year>in 2024</year>: expected the four"]),
        (find_faults, "<gpu_count>8 GPUs</gpu_count>", ["a:1:1: <gpu_count>8 GPUs</gpu_count>: expected the number"]),
        (find_warnings, "<model>Foo</model>\nA Foo", ["a:2:3: 'Foo' is tagged as a model elsewhere"]),
        (find_warnings, "<params>7B</params> <params>9B</params>", ["a:1:21: run 1 has two values of params: '7B'"]),
        (find_warnings, "no tags at all", []),
    ],
)
def test_places(find: Callable[[Document], list[conventions.Fault]], tagged: str, expected: list[str]) -> None:
    found = [str(fault) for fault in find(parse(tagged))]
    assert len(found) == len(expected)
    assert all(one.startswith(other) for one, other in zip(found, expected, strict=True))


def test_labels_of_ones_own_follow_no_convention() -> None:
    document = Document("a", "over (about GPUs,", (Span(0, 17, "energy"),))
    assert find_faults(document) == find_warnings(document) == []


def test_longer_names_come_first() -> None:
    document = parse("<model>Foo</model> <model>Foo Large</model> Foo Large")
    assert [document.surface(span) for span in untagged_mentions(document, "model")] == ["Foo Large"]


@pytest.mark.parametrize(
    ("label", "surface", "expected"),
    [
        ("hardware", "NVIDIA A100 40GB GPUs", "NVIDIA A100"),
        ("hardware", "Foo\n9000", "foo 9000"),
        ("country", "United Kingdom", "GB"),
        ("model", "TERN", "tern"),
        ("training", "3 days", "72.0"),
        ("energy", "5 MWh", "5 mwh"),
    ],
)
def test_values_that_are_counted(label: str, surface: str, expected: str) -> None:
    assert value_of(label, surface) == expected


def test_most_frequent_values() -> None:
    documents = [parse("<year>2024</year>, <year>2024</year>, <country>UK</country>")] * 20
    documents += [parse(f"<year>{1960 + i}</year>") for i in range(FEWEST_DOCUMENTS - 20)]
    year, country = most_frequent(documents, ["model", "year", "country"])
    assert (year.value, year.documents, year.of, year.is_too_frequent) == ("2024", 20, 50, True)
    assert (country.value, country.share, country.is_too_frequent) == ("GB", 1.0, False)
    assert not most_frequent(documents[1:], ["year"])[0].is_too_frequent
    assert most_frequent([], ["year"]) == []
