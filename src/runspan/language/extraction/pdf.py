"""PDF → text, in the order in which the file writes it, which is the reading order of columns in typeset papers."""

import re
from collections.abc import Iterator
from itertools import accumulate
from threading import Lock

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from runspan.base.errors import UnreadableError
from runspan.language.extraction.extracted_text import ExtractedText

_PDFIUM = Lock()  # the library must not be called from two threads at once
_WIDEST_SPACE = 1.0  # in heights of a line; what is wider parts two columns of a table
_LINE_END = re.compile(r"[ \r]*\n\s*")
_MEANINGLESS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")  # from fonts without a map


def pdf_text(data: bytes) -> ExtractedText:
    """The text of a PDF, page after page, line by line; words that are hyphenated at the end of a line stay so.

    Cells of a table that stand side by side are two spaces apart. A page that can't be read is empty, with a warning.

    Raises:
        UnreadableError: The file is no PDF, is broken or encrypted, or holds no text.
    """
    with _PDFIUM:
        document = _open(data)
        try:
            pages = list(_page_texts(document))
        finally:
            document.close()
    texts = [_clean(page or "") for page in pages]
    if not any(texts):
        raise UnreadableError(_why_no_text(pages))
    starts = accumulate((len(text) for text in texts[:-1]), initial=0)
    return ExtractedText("".join(texts), tuple(starts), tuple(_warnings(pages)))


def _open(data: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
            raise UnreadableError("is encrypted: open it with its password and save it without one") from error
        if b"%PDF-" not in data[:1024]:
            raise UnreadableError("is no PDF, whatever its name says: expected %PDF- at its beginning") from error
        raise UnreadableError("is a broken PDF: fetch it again, or mend it with a PDF tool") from error


def _why_no_text(pages: list[str | None]) -> str:
    if pages and None not in pages:
        where = f"any of its {len(pages)} pages" if len(pages) > 1 else "its only page"
        return f"holds no text on {where}: run OCR first"
    unread = f"{pages.count(None)} of its {len(pages)} pages can't be read" if pages else "it has no pages"
    return f"is a broken PDF, {unread}: fetch it again, or mend it with a PDF tool"


def _warnings(pages: list[str | None]) -> Iterator[str]:
    for number, page in enumerate(pages, start=1):
        if page is None:
            yield f"page {number} of {len(pages)} can't be read: left out"
    if empty := [str(number) for number, page in enumerate(pages, start=1) if page is not None and not page.strip()]:
        yield f"no text on page {', '.join(empty)} of {len(pages)}: blank, or a scan that needs OCR"
    lost = sum(len(_MEANINGLESS.findall(page or "")) for page in pages)
    if lost:
        yield f"{lost} characters have no meaning in their fonts: left out"


def _page_texts(document: pdfium.PdfDocument) -> Iterator[str | None]:
    """Text of each page as the library gives it; ``None`` for one that can't be read."""
    for index in range(len(document)):
        try:
            page = document[index]
        except pdfium.PdfiumError:
            yield None
            continue
        try:
            yield _page_text(page)
        except pdfium.PdfiumError:
            yield None
        finally:
            page.close()


def _page_text(page: pdfium.PdfPage) -> str:
    textpage = page.get_textpage()
    try:
        units = [_unit(textpage, index) for index in range(textpage.count_chars())]
        for index in range(1, len(units) - 1):
            if units[index] == " " and units[index - 1] not in ".,:;" and _parts_columns(textpage, index):
                units[index] = "  "
    finally:
        textpage.close()
    return "".join(units).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _unit(textpage: pdfium.PdfTextPage, index: int) -> str:
    """One character, or half of one outside of the first plane; a hyphen takes the end of its line with it."""
    if pdfium_c.FPDFText_IsHyphen(textpage.raw, index) == 1:
        return "-\n"
    return chr(pdfium_c.FPDFText_GetUnicode(textpage.raw, index))


def _parts_columns(textpage: pdfium.PdfTextPage, index: int) -> bool:
    """Whether the space at an index is wider than a line of text is high."""
    _, bottom, right, top = textpage.get_charbox(index - 1, loose=True)
    left, other_bottom, _, other_top = textpage.get_charbox(index + 1, loose=True)
    return bool(left - right > _WIDEST_SPACE * max(top - bottom, other_top - other_bottom))


def _clean(page: str) -> str:
    r"""Characters that mean something, in lines that end with ``\n``; soft hyphens show in a PDF.

    >>> _clean("a \r\n\r\nsoft\xadhyphen\x0c ")
    'a\nsoft-hyphen\n'
    """
    text = _LINE_END.sub("\n", _MEANINGLESS.sub("", page)).replace("\u00ad", "-").strip()
    return f"{text}\n" if text else ""
