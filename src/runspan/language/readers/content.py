"""What a file holds, by its first bytes, where its name may lie."""

import re

_MAGIC = {
    b"PAR1": "parquet",
    b"PK\x03\x04": "zip",
    b"\x89PNG": "image",
    b"\xff\xd8\xff": "image",
    b"\xd0\xcf\x11\xe0": "office",
}
_HTML = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_PDF = re.compile(rb"\s*%PDF-\d")
_BOM = b"\xef\xbb\xbf"
HEAD = 1024  # bytes that tell
NAMES = {
    "parquet": "a Parquet file; name it *.parquet",
    "zip": "a zip archive (a Word or Excel document, say); save it as text, HTML or PDF",
    "image": "an image; run OCR on it",
    "office": "an old Office document; save it as text, HTML or PDF",
}


def sniff(head: bytes) -> str:
    """``pdf``, ``html``, ``text`` or one of :data:`NAMES`, from the first :data:`HEAD` bytes of a file.

    >>> sniff(b"%PDF-1.7"), sniff(b"<!-- x --><!DOCTYPE html><p>"), sniff(b"We used <html>")
    ('pdf', 'html', 'text')
    """
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            return kind
    if _PDF.match(head):
        return "pdf"
    return "html" if _HTML.match(head.removeprefix(_BOM)) else "text"
