"""Files that hold one document each: text, Markdown, HTML and PDF."""

from dataclasses import replace
from functools import partial

from runspan.base.documents import Document
from runspan.base.errors import UnreadableError
from runspan.base.records import ReadDocument
from runspan.language.readers.content import HEAD, NAMES, sniff
from runspan.language.readers.decoding import decode
from runspan.language.readers.files import FileFacts, read_bytes
from runspan.language.readers.folders import suffix_of
from runspan.language.readers.input_documents import InputDocument, failed
from runspan.language.readers.options import ReadOptions

SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".pdf"})
_HTML = frozenset({".html", ".htm", ".xhtml"})
_MAX_PDF_BYTES = 1 << 30
_PAPER = 40_000  # characters of a PDF, roughly, whatever its size
_PACKED = 4  # characters of text that a packed byte holds, roughly


def single_input(path: str, id: str, facts: FileFacts, options: ReadOptions) -> InputDocument:
    """The document of a file."""
    size = _PAPER if path.lower().endswith(".pdf") else facts.size * (_PACKED if path.endswith(".gz") else 1)
    return InputDocument(id, path, size, facts.stamp, partial(read_single, path, id, options))


def read_single(path: str, id: str, options: ReadOptions) -> ReadDocument:
    """Read the one document of a file, by what it holds and not by what it is called."""
    try:
        is_pdf = suffix_of(path) == ".pdf"
        data = read_bytes(path, max(_MAX_PDF_BYTES if is_pdf else 0, 4 * options.max_chars + HEAD))
        return check_length(_read_bytes(data, Document(id, "", source=path)), options)
    except UnreadableError as error:
        return failed(id, path, str(error))


def read_content(data: bytes, name: str, options: ReadOptions) -> ReadDocument:
    """Read the one document of a file's bytes, which lie on no disk; ``name`` is its id and its source."""
    try:
        return check_length(_read_bytes(data, Document(name, "", source=name)), options)
    except UnreadableError as error:
        return failed(name, name, str(error))


def _read_bytes(data: bytes, document: Document) -> ReadDocument:
    """The document with the text of a file's bytes. What reads PDF and HTML is loaded where there is any."""
    kind = sniff(data[:HEAD])
    if kind in NAMES:
        raise UnreadableError(f"is {NAMES[kind]}")
    if kind == "pdf":
        return _read_pdf(data, document)
    if kind == "html" or suffix_of(document.source) in _HTML:
        return _read_html(data, document)
    text, warnings = decode(data)
    return ReadDocument(replace(document, text=text), warnings)


def _read_pdf(data: bytes, document: Document) -> ReadDocument:
    from runspan.language.extraction.pdf import pdf_text

    found = pdf_text(data)
    return ReadDocument(replace(document, text=found.text), found.warnings, None, found.page_starts, is_extracted=True)


def _read_html(data: bytes, document: Document) -> ReadDocument:
    from runspan.language.extraction.html import html_charset, html_text

    text, warnings = decode(data, html_charset(data))
    if "<" not in text:  # plain text, whatever it is called
        return ReadDocument(replace(document, text=text), warnings)
    found = html_text(text)
    return ReadDocument(replace(document, text=found.text), (*warnings, *found.warnings), is_extracted=True)


def check_length(read: ReadDocument, options: ReadOptions) -> ReadDocument:
    """The document, where it is not too long.

    Raises:
        UnreadableError: It is.
    """
    chars = len(read.document.text)
    if chars > options.max_chars:
        raise UnreadableError(
            f"has {chars:,} characters, more than --max_chars {options.max_chars:,}; split it, or raise the limit"
        )
    return read
