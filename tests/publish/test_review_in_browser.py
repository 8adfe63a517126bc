"""The review page in a real browser, opened from disk: what a reader sees, does and downloads."""

import json
import os
import random
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from runspan.base.documents import Span
from runspan.base.words import split_words
from runspan.cli.main import main
from runspan.language.markup import parse
from runspan.language.seeds import read_seeds
from runspan.publish.review_page.page import ReviewPageWriter
from tests.publish.review_records import HOSTILE, ONE_RUN, TAG_IN_TEXT, TWO_RUNS, Example, example, failed

pytestmark = pytest.mark.slow
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (pip install -e '.[dev]')")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ASSETS = files("runspan.publish.review_page") / "assets"
DOCUMENTS, CHARACTERS, SECONDS = 500, 40_000, 2.0
FILLER = "Nothing about any run is said in this sentence, which only makes the document as long as a paper.\r\n"
EXAMPLES = [
    example("a/one", HOSTILE + ONE_RUN),
    example("two", TWO_RUNS),
    example("<i>none", HOSTILE),
    failed("broken"),
    example("odd", f"a {TAG_IN_TEXT} in <year>2021</year>"),
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    program = os.environ.get("RUNSPAN_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(f"no browser: install one of {', '.join(BROWSERS)}, or name it in RUNSPAN_BROWSER")
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=as_root)
        yield started
        started.close()


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    with watched(browser, viewport={"width": 1400, "height": 900}) as page:
        yield page


@contextmanager
def watched(browser: Any, **options: Any) -> Iterator[Any]:
    """A page of its own, which must neither complain nor ask for anything but its file."""
    context = browser.new_context(**options)
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: request.url.startswith(("file:", "blob:")) or complaints.append(request.url))
    yield page
    broken = page.evaluate("window.broken")
    context.close()
    assert (broken, complaints) == (None, [])


@pytest.fixture(scope="session")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("page") / "page.html", EXAMPLES)


def write(file: Path, examples: list[Example], texts: bool = True) -> Path:
    with ReviewPageWriter(file) as page:
        for one in examples:
            page.write(one.record, one.text if texts else None)
    return file


def open_page(page: Any, file: Path) -> float:
    """Open a page; the seconds until it can be used, by the browser's clock."""
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready]")
    return float(page.evaluate("performance.getEntriesByName('ready')[0].startTime")) / 1000


def open_cell(page: Any, label: str, value: str) -> None:
    page.locator(f'#rows button[aria-label^="{label} {value}"]').first.click()


def column(page: Any, name: str) -> list[str]:
    index = page.locator("#columns th").all_inner_texts().index(name) + 1
    return [text.strip() for text in page.locator(f"#rows tr > :nth-child({index})").all_inner_texts()]


def downloaded(page: Any, button: str, folder: Path) -> Path:
    with page.expect_download() as expected:
        page.click(button)
    file = folder / expected.value.suggested_filename
    expected.value.save_as(file)
    return file


def press(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def selected(page: Any) -> str:
    return str(page.locator(".span[aria-current]").text_content())


def test_five_hundred_papers_open_at_once(tab: Any, tmp_path: Path) -> None:
    one = example(
        "paper", FILLER * (CHARACTERS // len(FILLER) // 2) + ONE_RUN + FILLER * (CHARACTERS // len(FILLER) // 2)
    )
    numbered = [Example({**one.record, "id": f"paper {i}", "sha256": f"{i:064}"}, one.text) for i in range(DOCUMENTS)]
    file = write(tmp_path / "many.html", numbered)
    assert min(open_page(tab, file) for _ in range(3)) < SECONDS
    assert tab.locator("#rows tr").count() == 100
    tab.click("#more")
    assert tab.locator("#rows tr").count() == DOCUMENTS
    open_cell(tab, "hardware", "NVIDIA A100")
    assert selected(tab) == "NVIDIA A100 80GB GPUs"
    assert tab.locator(".span[aria-current]").evaluate("e => e.getBoundingClientRect().bottom < innerHeight")


def test_sorts_and_filters(tab: Any, page_file: Path) -> None:
    open_page(tab, page_file)
    assert column(tab, "document")[3].startswith("<i>none")
    assert tab.locator("#rows i").count() == 0
    tab.click("#columns >> text=params")
    assert [text.split()[0] for text in column(tab, "params")[:3]] == ["7B", "34B", "70B"]
    tab.click("#columns >> text=params")
    assert [text.split()[0] for text in column(tab, "params")[:3]] == ["70B", "34B", "7B"]
    assert tab.get_attribute("#columns th[data-key=params]", "aria-sort") == "descending"
    for filter, value, left in [
        ("text", "bar-70", 1),
        ("country", "FR", 1),
        ("device", "NVIDIA H100", 1),
        ("low", "0.01", 4),
        ("high", "0", 0),
        ("kind", "none", 2),
        ("kind", "failed", 1),
        ("kind", "warnings", 5),
    ]:
        control = tab.locator(f"#filter-{filter}")
        control.select_option(value) if filter in ("country", "device", "kind") else control.fill(value)
        assert tab.locator("#rows tr").count() == left, (filter, value)
        tab.click("#filter-clear")
    assert tab.locator("#rows tr").count() == 6


def test_arrow_keys_move_in_the_table(tab: Any, page_file: Path) -> None:
    open_page(tab, page_file)
    assert tab.locator("#rows button[tabindex='0']").count() == 1
    tab.locator("#rows button").first.focus()
    press(tab, "ArrowRight", "ArrowRight", "ArrowDown", "Enter")
    assert selected(tab) == "70B"  # of the main run, which comes first


def test_from_a_cell_to_its_characters(tab: Any, page_file: Path) -> None:
    open_page(tab, page_file)
    open_cell(tab, "training", "672")
    assert selected(tab) == "4 weeks"
    assert tab.locator("#text").evaluate("e => e.textContent") == EXAMPLES[0].text
    assert "672 hours" in tab.locator("#span-panel").inner_text()
    assert "confidence 0." in tab.locator("#span-panel").inner_text()
    assert "a <b>warning</b>" in tab.locator("#document-panel").inner_text()
    tab.locator("#text .span", has_text="France").click()
    assert "Run 1: FR" in tab.locator("#span-panel").inner_text()


def test_from_an_inferred_value_to_what_it_was_inferred_from(tab: Any, tmp_path: Path) -> None:
    one = example("a", "🤗 Foo University. " + FILLER * 300 + ONE_RUN)
    country = one.record["runs"][0]["country"][0]
    country |= {"text": "Foo University", "start": 2, "end": 16, "mentions": [[2, 16]], "inferred_from": "institution"}
    open_page(tab, write(tmp_path / "page.html", [one]))
    open_cell(tab, "hardware", "NVIDIA A100")
    open_cell(tab, "country", "FR")
    assert tab.evaluate("String([...CSS.highlights.get('evidence')][0])") == "Foo University"
    assert tab.locator("#text-pane").evaluate("e => e.scrollTop") == 0
    assert "inferred from the institution" in tab.locator("#status").inner_text()


def test_corrections_by_key_and_mouse_come_out_as_a_seed_file(tab: Any, page_file: Path, tmp_path: Path) -> None:
    open_page(tab, page_file)
    open_cell(tab, "training", "672")
    press(tab, "q")  # "about" goes in
    assert selected(tab) == "about 4 weeks"
    open_cell(tab, "model", "Foo")
    press(tab, "e", "e")  # "-v1" goes out
    assert selected(tab) == "Foo"
    press(tab, "z", "z", "j")
    assert selected(tab) == "34 billion parameters"
    press(tab, "x", "z", "a")
    tab.locator("#text .span", has_text="France").click()
    tab.click("#span-panel >> text=Reject")
    expected = parse(
        ONE_RUN.replace("about <training>", "<training>about ").replace("<country>France</country>", "France")
    )
    folder = tmp_path / "seeds"
    file = downloaded(tab, "#download", folder)
    assert file.name == "one.txt"
    (document,) = read_seeds([folder])
    before = len(HOSTILE)
    assert document.text == EXAMPLES[0].text
    assert document.spans == tuple(Span(s.start + before, s.end + before, s.label) for s in expected.document.spans)
    assert main(["check", str(folder)]) == 0


def test_a_span_is_added_from_selected_words(tab: Any, page_file: Path, tmp_path: Path) -> None:
    open_page(tab, page_file)
    open_cell(tab, "model", "Bar-7B")
    box = tab.locator("#text .span", has_text="V100").bounding_box()
    tab.locator("#text .span", has_text="H100").click()
    press(tab, "x", "z")
    assert box is not None
    tab.mouse.dblclick(box["x"] + box["width"] - 10, box["y"] + box["height"] / 2)
    tab.click("#add >> text=year")
    assert "“V100” is in the way" in tab.locator("#status").inner_text()
    press(tab, "Escape")
    tab.locator("#text .span", has_text="V100").click()
    press(tab, "x", "i", "ArrowLeft", "4")
    assert selected(tab) == "V100"
    assert "added by you" in tab.locator("#span-panel").inner_text()
    press(tab, "Shift+Digit1")
    folder = tmp_path / "seeds"
    downloaded(tab, "#download", folder)
    (document,) = read_seeds([folder])
    ties = {document.surface(span): span.run for span in document.spans}
    assert ties["V100"] == "1"
    assert ties["Bar-7B"] == "2"


def test_runs_are_numbered_anew(tab: Any, page_file: Path, tmp_path: Path) -> None:
    open_page(tab, page_file)
    for label, value in [
        ("model", "Bar-7B"),
        ("params", "7,000,000,000"),
        ("gpu count", "8"),
        ("hardware", "NVIDIA Tesla"),
    ]:
        open_cell(tab, label, value)
        press(tab, "Shift+Digit3")  # leaves no run 2
    downloaded(tab, "#download", tmp_path / "seeds")
    (document,) = read_seeds([tmp_path / "seeds"])
    ties = {document.surface(span): span.run for span in document.spans}
    assert [ties[surface] for surface in ("Bar-70B", "Bar-7B", "V100")] == ["1", "2", "2"]


def test_corrections_outlive_a_reload_and_come_in_one_archive(tab: Any, page_file: Path, tmp_path: Path) -> None:
    open_page(tab, page_file)
    open_cell(tab, "training", "672")
    press(tab, "q")
    open_cell(tab, "model", "Bar-70B")
    press(tab, "x")
    tab.locator("#rows button", has_text="odd").first.click()
    press(tab, "j", "a")
    tab.locator("#rows button", has_text="<i>none").first.click()
    press(tab, "v")
    open_page(tab, page_file)
    assert tab.locator("#download-all").inner_text() == "Download 4 documents"
    assert column(tab, "document")[3].split("\n")[-1].endswith("reviewed")
    open_cell(tab, "training", "672")
    assert selected(tab) == "about 4 weeks"
    archive = downloaded(tab, "#download-all", tmp_path)
    assert "odd: line 1 of the text has </year>" in tab.locator("#status").inner_text()
    with zipfile.ZipFile(archive) as zipped:
        assert zipped.testzip() is None
        zipped.extractall(tmp_path / "seeds")
    assert main(["check", str(tmp_path / "seeds")]) == 0
    by_id = {document.id: document for document in read_seeds([tmp_path / "seeds"])}
    expected = {"a/one": EXAMPLES[0].text, "two": EXAMPLES[1].text, "_i_none": EXAMPLES[2].text}
    assert {id: document.text for id, document in by_id.items()} == expected
    found = {by_id["two"].surface(span): span.run for span in by_id["two"].spans}
    assert "Bar-70B" not in found
    assert found["H100"] == "1"


def test_corrections_are_taken_up_by_the_spans_of_another_model(tab: Any, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    open_page(tab, write(file, [example("a", ONE_RUN)]))
    open_cell(tab, "training", "672")
    press(tab, "q")
    open_cell(tab, "year", "2023")
    press(tab, "x")
    other = ONE_RUN.replace("<training>4 weeks</training>", "<year>4</year> weeks").replace("<year>2023</year>", "2023")
    open_page(tab, write(file, [example("a", other)]))
    tab.locator("#rows button").first.click()
    assert tab.locator(".span", has_text="about 4 weeks").get_attribute("title") == "added by you"
    assert tab.locator(".span[data-label=year]").count() == 0
    assert "1 accepted, 1 rejected" in tab.locator("#progress").inner_text()


def test_without_storage_and_without_texts(browser: Any, tmp_path: Path) -> None:
    with watched(browser) as page:
        page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('blocked') } })")
        open_page(page, write(tmp_path / "page.html", EXAMPLES, texts=False))
        assert page.locator("#not-kept").is_visible()
        open_cell(page, "hardware", "NVIDIA A100")
        assert "was not found" in page.locator("#listed").inner_text()
        assert "NVIDIA A100 80GB GPUs" in page.locator("#span-panel").inner_text()
        press(page, "x")
        assert "1 rejected" in page.locator("#progress").inner_text()
        assert page.locator("#download").is_disabled()


ALPHABETS = [
    "ab1 ",
    "8x4XV100 ",
    "-=_.~#*•– a\n",
    "🤗𝔘é\u0301 東カ𠀀x1",
    "https://www.a-1/|'\"` ()",
    "\u2028\x1c\x85\ufeff\xa0a1\0",
]


def test_words_and_offsets_are_those_of_the_library(tab: Any) -> None:
    chance = random.Random(0)
    texts = [example.text for example in EXAMPLES] + [
        "".join(chance.choices(alphabet, k=60)) for alphabet in [*ALPHABETS, "".join(ALPHABETS)] for _ in range(60)
    ]
    code = "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in ("02_offsets.js", "03_words.js"))
    split = """texts.map((text) => {
        const { starts, ends } = splitWords(text), offsets = new Offsets(text);
        const points = (units) => units.map((unit) => offsets.toPoints(unit));
        if (starts.some((unit) => offsets.toUnits(offsets.toPoints(unit)) !== unit)) throw new Error(text);
        return [points(starts), points(ends)];
    })"""
    found = tab.evaluate(f"(texts) => {{ {code}; return {split}; }}", texts)
    for text, (starts, ends) in zip(texts, found, strict=True):
        assert list(zip(starts, ends, strict=True)) == [tuple(word) for word in split_words(text)], text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_for_axe(browser: Any, page_file: Path, scheme: str) -> None:
    package = pytest.importorskip("axe_playwright_python", reason="axe is not installed (pip install -e '.[dev]')")
    axe = (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    with watched(browser, viewport={"width": 1400, "height": 1000}, color_scheme=scheme) as page:
        open_page(page, page_file)
        page.evaluate(axe)
        expect_nothing_serious(page)
        open_cell(page, "model", "Bar-7B")
        expect_nothing_serious(page)
        press(page, "a", "j", "x", "i")
        expect_nothing_serious(page)
        press(page, "Escape", "?")
        expect_nothing_serious(page)


def expect_nothing_serious(page: Any) -> None:
    page.wait_for_timeout(200)  # colours change smoothly
    found = page.evaluate("axe.run(document)")["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert serious == [], json.dumps(serious, indent=1)[:4000]


def test_four_times_as_large(browser: Any, page_file: Path) -> None:
    with watched(browser, viewport={"width": 320, "height": 256}) as page:
        open_page(page, page_file)
        open_cell(page, "training", "672")
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        box = page.locator(".span[aria-current]").bounding_box()
        assert box is not None
        assert 0 <= box["y"] < 256


def test_theme_can_be_chosen(tab: Any, page_file: Path) -> None:
    open_page(tab, page_file)
    colours = []
    for _ in range(3):
        colours.append(tab.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
        tab.click("#theme")
    system, light, dark = colours
    assert system == light != dark
