"""The composer: whatever is done to a document, its labels stay on their characters and on whole words."""

import re
import time
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runspan.base.documents import Document, Span
from runspan.base.labels import LABELS
from runspan.base.words import split_words
from runspan.language.bio import unrepresentable
from runspan.language.compose import edit, noise, papers
from runspan.language.compose.edit import Edit, apply_edits, cut_document, edit_safely, join_documents
from runspan.language.compose.papers import ComposerSettings, compose_corpus, compose_paper
from runspan.language.compose.substitution import SubstitutionRates, substitute
from runspan.language.markup import parse, write
from runspan.language.seeds import read_seeds
from tests.conftest import REPOSITORY

SEEDS = read_seeds([REPOSITORY / "data" / "seeds"])
SOME = SEEDS[::17]
NOISES = [function for function, _ in (*noise.PDF_NOISE, *noise.MARKDOWN_NOISE)]
NOISES += [noise.unwrap_lines, noise.add_noise]
ALWAYS = SubstitutionRates(*[1.0] * (len(LABELS) + 1))
PIECES = [
    "on ",
    "8x",
    "A100",
    "-",
    "80 GB",
    "\n",
    "  ",
    "efficient",
    "~",
    ", ",
    "1,024",
    "Ann Lee",
    ".",
    "|",
    "the ",
    "é",
    "東",
]


@st.composite
def tagged_documents(draw: st.DrawFn) -> Document:
    text = "".join(draw(st.lists(st.sampled_from(PIECES), max_size=30)))
    words = split_words(text)
    cuts = sorted(draw(st.sets(st.integers(0, len(words)), max_size=10)))
    spans = [
        Span(
            words[first].start,
            words[last - 1].end,
            draw(st.sampled_from(LABELS)),
            run=draw(st.sampled_from([None, "2"])),
        )
        for first, last in pairwise(cuts)
        if draw(st.booleans())
    ]
    return Document("d", text, tuple(spans))


@st.composite
def edits_of(draw: st.DrawFn, text: str) -> list[Edit]:
    cuts = draw(st.lists(st.integers(0, len(text)), max_size=12))
    ranges = list(zip(*[iter(sorted(cuts))] * 2, strict=False))
    return [Edit(a, b, draw(st.sampled_from(["", " ", "x", "\n", "eight", "**"]))) for a, b in ranges]


def parsed(tagged: str) -> Document:
    return parse(tagged, "d").document


def is_sound(document: Document) -> bool:
    apart = all(a.end <= b.start for a, b in pairwise(document.spans))
    return apart and unrepresentable(document) == []


def folded(text: str) -> str:
    """Letters and digits of a surface; what noise may do to it is gone."""
    for plain, ligature in (("ffi", "ﬃ"), ("ffl", "ﬄ"), ("ff", "ﬀ"), ("fi", "ﬁ"), ("fl", "ﬂ")):
        text = text.replace(ligature, plain)
    letters = "".join(re.findall(r"[^\W_]", text))
    return re.sub(r"^(?:about|around|approximately|roughly)(?=\d)", "", letters, flags=re.I)


# ------------------------------------------------------------------------------------------------------------ edits


@given(st.data(), tagged_documents())
def test_spans_keep_their_characters_through_edits(data: st.DataObject, document: Document) -> None:
    for _ in range(3):
        edits = data.draw(edits_of(document.text))
        edited = edit_safely(document, edits)
        assert is_sound(edited)
        assert [(s.label, s.run) for s in edited.spans] == [(s.label, s.run) for s in document.spans]
        for before, after in zip(document.spans, edited.spans, strict=True):
            touched = [e for e in edits if before.start < e.end and e.start < before.end]
            assert touched or document.surface(before) == edited.surface(after)
        document = edited


@given(st.data(), tagged_documents())
def test_edits_are_exact(data: st.DataObject, document: Document) -> None:
    edits = [e for e in data.draw(edits_of(document.text)) if not edit.crosses(document.spans, e)]
    covered = {(e.start, e.end) for e in edits if not e.text}
    try:
        edited = apply_edits(document, edits)
    except ValueError:
        assert covered  # a span was emptied
        return
    for before, after in zip(document.spans, edited.spans, strict=True):
        inside = [
            Edit(e.start - before.start, e.end - before.start, e.text)
            for e in edits
            if (before.start <= e.start < e.end <= before.end) or before.start < e.start == e.end < before.end
        ]
        assert edited.surface(after) == apply_edits(Document("s", document.surface(before)), inside).text


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        ([Edit(0, 2, ""), Edit(1, 3, "")], "overlap"),
        ([Edit(2, 4, "x")], "crosses"),
        ([Edit(3, 5, "")], "nothing is left"),
    ],
)
def test_edits_that_lose_a_span_are_refused(edits: list[Edit], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        apply_edits(parsed("on <gpu_count>16</gpu_count> GPUs"), edits)


@pytest.mark.parametrize("edits", [[Edit(2, 3, "")], [Edit(5, 6, "")], [Edit(3, 3, "x")], [Edit(4, 5, " ")]])
def test_edits_that_take_a_span_off_its_words_are_dropped(edits: list[Edit]) -> None:
    document = parsed("on <gpu_count>16</gpu_count> GPUs")
    assert edit_safely(document, edits) == document


@given(tagged_documents(), st.integers(0, 60))
def test_cut_pieces_join_again(document: Document, at: int) -> None:
    at = min(at, len(document.text))
    if not any(span.start < at < span.end for span in document.spans):
        pieces = [cut_document(document, 0, at), cut_document(document, at, len(document.text))]
        assert join_documents("d", pieces) == document


# ----------------------------------------------------------------------------------------------------- substitution


@pytest.mark.parametrize("document", SOME, ids=lambda document: document.id)
def test_substitution_is_consistent(document: Document) -> None:
    for seed in range(3):
        swapped = substitute(document, Random(seed), ALWAYS)
        assert is_sound(swapped)
        assert [(s.label, s.run) for s in swapped.spans] == [(s.label, s.run) for s in document.spans]
        new: dict[tuple[str, str], str] = {}
        for before, after in zip(document.spans, swapped.spans, strict=True):
            surface = swapped.surface(after)
            if surface.lower() in ("a", "an"):
                continue  # suits the word after it
            assert new.setdefault((before.label, document.surface(before)), surface) == surface


@pytest.mark.parametrize(
    ("tagged", "pattern"),
    [
        ("on <gpu_count>8</gpu_count> cards", r"on <gpu_count>\d+</gpu_count> cards"),
        ("on <gpu_count>eight</gpu_count> cards", r"on <gpu_count>[a-z]+</gpu_count> cards"),
        ("on <gpu_count>Eight</gpu_count> cards", r"on <gpu_count>[A-Z][a-z]+</gpu_count> cards"),
        ("on <gpu_count>one</gpu_count> card", r"on <gpu_count>one</gpu_count> card"),
        ("<params>7B</params>", r"<params>\d+B</params>"),
        ("<params>31,428 parameters</params>", r"<params>\d+,\d{3} parameters|<params>\d{2,3} parameters"),
        ("<params>1.02 trillion parameters</params>", r"<params>\d+\.\d\d trillion parameters"),
        ("<params>2.1 × 10^6</params>", r"<params>2\.1 × 10\^6</params>"),
        ("<training>about two weeks</training>", r"<training>about [a-z]+ (?:week|day)s</training>"),
        ("<training>4d 3h</training>", r"<training>\d+d 3h</training>"),
        ("<training>5:41</training>", r"<training>5:41</training>"),
        ("<hardware>NVIDIA A100 80GB GPUs</hardware>", r"<hardware>NVIDIA (?:\w+ )*\d+GB GPUs</hardware>"),
        ("<hardware>2080ti</hardware>", r"<hardware>\d{4}[a-z]*</hardware>"),
        ("<hardware>V100s</hardware>", r"<hardware>.+s</hardware>"),
        ("<hardware>H100 NVL 94GB</hardware>", r"<hardware>H100 NVL 94GB</hardware>"),
        ("<hardware>office PCs</hardware>", r"<hardware>office PCs</hardware>"),
        ("in the <country>United States</country>.", r"in the <country>(?:[UNP]|Cz|R)[\w'. ]+</country>\."),
        ("by <country>USA</country>; <country>United States</country>", r"by <country>.*</country>"),
        ("© <year>2020</year>", r"© <year>20[12]\d</year>"),
    ],
)
def test_substitution_keeps_the_manner(tagged: str, pattern: str) -> None:
    for seed in range(20):
        found = write(substitute(parsed(tagged), Random(seed), ALWAYS))
        assert re.match(pattern, found), found


def test_substitution_swaps_all_that_belongs_together() -> None:
    tagged = (
        "<model>Fen-7B</model> has <params>7B</params>, <params>7 billion parameters</params>; pip install fen. An "
        "<hardware>A100</hardware> and a <hardware>NVIDIA V100</hardware>, <hardware>A100s</hardware>."
    )
    for seed in range(20):
        new = substitute(parsed(tagged), Random(seed), ALWAYS)
        name, size, long_size, first, second, plural = map(new.surface, new.spans)
        assert name.endswith("-" + size)
        assert long_size.startswith(size[:-1] + " ")
        assert plural == first + "s"
        assert second.removeprefix("NVIDIA ") not in (first, "V100")
        assert ("An " + first in new.text) == (first[0] in "AHLR")
        assert "fen" not in new.text.lower() or name.lower().startswith("fen")


def test_untagged_devices_are_swapped_with_the_tagged_ones() -> None:
    document = parsed("On 8 <hardware>A100s</hardware>. An A100 has 80 GB; it runs on a V100, or on a 3090.")
    for seed in range(20):
        new = substitute(document, Random(seed), ALWAYS)
        tagged = new.surface(new.spans[0]).removesuffix("s")
        assert f" {tagged} has" in new.text
        assert not re.search(r"V100\b", new.text.replace(tagged, ""))
        assert re.search(r"on a \d{4}", new.text)


def test_rate_zero_changes_nothing() -> None:
    nothing = SubstitutionRates(*[0.0] * (len(LABELS) + 1))
    assert all(substitute(document, Random(1), nothing) == document for document in SOME)


def test_years_stay_within_bounds_and_after_the_references() -> None:
    document = parsed("(Vaswani et al., 2017) © <year>2018</year>")
    years = {substitute(document, Random(seed), ALWAYS).text[-4:] for seed in range(60)}
    assert years <= {"2017", "2019", "2020", "2021", "2022"}
    assert len(years) > 3


# ------------------------------------------------------------------------------------------------------------ noise


@pytest.mark.parametrize("function", NOISES, ids=lambda function: function.__name__)
def test_noise_keeps_every_span(function: noise.Noise) -> None:
    changed = 0
    for seed, document in enumerate(SOME):
        noisy = function(document, Random(seed))
        assert is_sound(noisy), document.id
        assert noisy == function(document, Random(seed))
        assert [(s.label, s.run) for s in noisy.spans] == [(s.label, s.run) for s in document.spans]
        for before, after in zip(document.spans, noisy.spans, strict=True):
            assert folded(noisy.surface(after)) == folded(document.surface(before))
        changed += noisy != document
    assert changed


@settings(max_examples=60)
@given(tagged_documents(), st.integers(0, 99))
def test_noise_on_any_text(document: Document, seed: int) -> None:
    for function in NOISES:
        document = function(document, Random(seed))
        assert is_sound(document)


def test_lines_break_inside_entities_and_words() -> None:
    text = (
        "We used <hardware>NVIDIA A100 80GB GPUs</hardware> and trained <params>7 billion parameters</params> in all. "
        * 9
    )
    wrapped = [noise.wrap_lines(parsed(text), Random(seed)) for seed in range(20)]
    surfaces = {document.surface(span) for document in wrapped for span in document.spans}
    assert any("\n" in surface for surface in surfaces)
    assert any("-\n" in surface for surface in surfaces)
    assert all(len(line) <= noise.WIDEST for document in wrapped for line in document.text.split("\n"))


def test_marks_stand_outside_of_spans() -> None:
    document = parsed(
        "It ran on <gpu_count>8</gpu_count> <hardware>A100 GPUs</hardware> and <model>Fen</model> was done."
    )
    texts = {write(noise.mark_entities(document, Random(seed))) for seed in range(30)}
    assert any("**<hardware>A100 GPUs</hardware>**" in text for text in texts)
    assert "[<model>Fen</model>](" in write(noise.link_entities(document, Random(0)))


# ----------------------------------------------------------------------------------------------------------- papers


def parts() -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = {}
    for document in SEEDS:
        found.setdefault(document.id.partition("/")[0], []).append(document)
    return found


@pytest.mark.parametrize("length", [papers.SHORTEST, 20_000, papers.LONGEST])
def test_papers_are_consistent(length: int) -> None:
    for seed in range(4):
        paper = compose_paper(parts(), Random(seed), length)
        assert is_sound(paper)
        assert 0.9 * length < len(paper.text) < length + 12_000
        assert {"gpu_count", "hardware", "training", "params"} & {span.label for span in paper.spans}
        assert paper == compose_paper(parts(), Random(seed), length)


def test_sections_of_a_paper_come_in_order() -> None:
    for seed in range(8):
        paper = compose_paper(parts(), Random(seed), 20_000)
        numbers = [int(number) for number in re.findall(r"\n\n(\d{1,2})\.\d +[A-Z][a-z]", paper.text)]
        assert sum(a > b for a, b in pairwise(numbers)) <= 1


def test_footers_carry_the_year_and_count_pages() -> None:
    body = "The loss fell from one epoch to the next without any surprise to us. " * 300
    section = parsed(f"2.1 Training\n\n{body}\n\nWe used <gpu_count>8</gpu_count> cards, <year>2021</year>.")
    paper = compose_paper({"sections": [section]}, Random(3), 8_000)
    years = [paper.surface(span) for span in paper.spans if span.label == "year"]
    assert set(years) == {"2021"}
    assert len(years) > 3
    assert is_sound(paper)


def test_a_paper_needs_a_section() -> None:
    with pytest.raises(ValueError, match="no section"):
        compose_paper({"posts": SOME}, Random(0), 8_000)


def test_corpus_holds_every_document_once() -> None:
    composed = {document.id: document for document in compose_corpus(SEEDS, 1, 0, ComposerSettings(0, 0, 0))}
    assert composed == {document.id: document for document in SEEDS}


def test_corpus_is_deterministic_and_anew_each_epoch() -> None:
    first = list(compose_corpus(SOME, 1, 0))
    assert first == list(compose_corpus(reversed(SOME), 1, 0))
    second = list(compose_corpus(SOME, 1, 1))
    assert first != second
    assert first != list(compose_corpus(SOME, 2, 0))


def test_corpus_is_sound_and_fast() -> None:
    start = time.process_time()
    composed = list(compose_corpus(SEEDS, 1, 0))
    seconds = time.process_time() - start
    assert all(map(is_sound, composed))
    assert any(document.id.startswith("papers/") for document in composed)
    assert sum(len(document.spans) for document in composed) > 0.97 * sum(len(document.spans) for document in SEEDS)
    assert seconds < 4 * max(1, len(SEEDS) / 1200)
