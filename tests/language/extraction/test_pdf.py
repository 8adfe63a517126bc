"""PDF → text: order, lines, pages, tables, and what is said of files that hold none."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from runspan.base.errors import UnreadableError
from runspan.language.extraction.pdf import pdf_text
from runspan.language.table_cells import heads_of
from tests.language.extraction.pdf_writer import Line, column, pdf

LEFT = ["The network has 31 layers and was", "trained for four days on two cards,"]
RIGHT = ["which a neighbour had lent us for a", "week in the autumn of that year."]


def table(rows: list[list[str]]) -> list[Line]:
    return [(72 + 130 * x, 600 - 14 * y, cell) for y, row in enumerate(rows) for x, cell in enumerate(row)]


def test_columns_are_read_one_after_the_other() -> None:
    page = column(72, LEFT) + column(330, RIGHT)
    assert pdf_text(pdf([page])).text.splitlines() == LEFT + RIGHT


def test_pages_begin_where_they_are_said_to() -> None:
    extracted = pdf_text(pdf([column(72, LEFT), [], column(72, RIGHT), column(72, ["–7 °C"])]))
    starts = extracted.page_starts
    pages = [extracted.text[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]
    assert pages == ["\n".join(LEFT) + "\n", "", "\n".join(RIGHT) + "\n", "–7 °C\n"]
    assert extracted.warnings == ("no text on page 2 of 4: blank, or a scan that needs OCR",)


@pytest.mark.parametrize("hyphen", ["-", "\xad"])
def test_hyphens_stay_at_the_ends_of_their_lines(hyphen: str) -> None:
    lines = [f"a trans{hyphen}", f"former of state{hyphen}of{hyphen}the{hyphen}", f"art size{hyphen}"]
    assert pdf_text(pdf([column(72, lines)])).text == "a trans-\nformer of state-of-the-\nart size-\n"


def test_cells_of_a_table_can_be_told_apart() -> None:
    page = column(72, ["What it took"]) + table([["Model", "Time (hours)", "Cards"], ["Small net", "18", "2"]])
    text = pdf_text(pdf([page])).text
    assert text == "What it took\nModel  Time (hours)  Cards\nSmall net  18  2\n"
    heads = heads_of(text, text.index("18"))
    assert heads is not None
    assert (heads.column, heads.row) == (("Time (hours)",), "Small net")


def test_a_wide_space_after_a_stop_is_no_column() -> None:
    page = [(72, 700, "It ran."), (150, 700, "Then it stopped.")]
    assert pdf_text(pdf([page])).text == "It ran. Then it stopped.\n"


def test_characters_without_meaning_are_left_out_and_counted() -> None:
    data = pdf([column(72, ["31 layers"])]).replace(b"<3331", b"<33010231")
    extracted = pdf_text(data)
    assert extracted.text == "31 layers\n"
    assert extracted.warnings == ("2 characters have no meaning in their fonts: left out",)


def test_a_broken_page_leaves_the_others() -> None:
    data = pdf([column(72, LEFT), column(72, RIGHT), column(72, LEFT)])
    extracted = pdf_text(data.replace(b"/Kids [4 0 R 6 0 R", b"/Kids [4 0 R 3 0 R"))
    assert extracted.text.splitlines() == LEFT + LEFT
    assert extracted.warnings == ("page 2 of 3 can't be read: left out",)
    assert extracted.page_starts[1] == extracted.page_starts[2]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (pdf([column(72, LEFT)], locked=True), "is encrypted: open it with its password and save it without one"),
        (pdf([[]]), "holds no text on its only page: run OCR first"),
        (pdf([[], [], []]), "holds no text on any of its 3 pages: run OCR first"),
        (
            pdf([[], []]).replace(b"[4 0 R", b"[3 0 R"),
            "is a broken PDF, 1 of its 2 pages can't be read: fetch it again",
        ),
        (pdf([column(72, LEFT)])[:400], "is a broken PDF: fetch it again, or mend it with a PDF tool"),
        (b"", "is no PDF, whatever its name says: expected %PDF- at its beginning"),
        (b"<html>Sign in</html>", "is no PDF"),
    ],
)
def test_files_without_text_say_why(data: bytes, message: str) -> None:
    with pytest.raises(UnreadableError) as raised:
        pdf_text(data)
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)


def test_threads_can_read_at_the_same_time() -> None:
    files = [pdf([column(72, [f"{number} layers", *LEFT])] * 3) for number in range(16)]
    with ThreadPoolExecutor(8) as pool:
        texts = [extracted.text for extracted in pool.map(pdf_text, files)]
    assert texts == [pdf_text(data).text for data in files]
