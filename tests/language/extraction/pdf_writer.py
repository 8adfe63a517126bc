"""Plain PDFs in Helvetica, as small as the format allows, for tests."""

from collections.abc import Iterable, Sequence

Line = tuple[int, int, str]  # where it begins, in points from the lower left corner, and its text
_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
_LOCKED = b" /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O (%s) /U (%s) >> /ID [(a) (a)]" % (b"o" * 32, b"u" * 32)


def column(x: int, lines: Iterable[str], top: int = 700) -> list[Line]:
    """Lines of text below each other."""
    return [(x, top - 14 * number, line) for number, line in enumerate(lines)]


def pdf(pages: Sequence[Sequence[Line]], *, locked: bool = False) -> bytes:
    """A PDF of some pages, each drawn in the order of its lines; a locked one asks for a password that nobody knows."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * number) for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids),
        _FONT,
    ]
    for lines in pages:
        drawn = b"\n".join(_drawn(line) for line in lines)
        size = b"/MediaBox [0 0 612 792] /Resources << /Font << /F 3 0 R >> >>"
        objects += [
            b"<< /Type /Page /Parent 2 0 R %s /Contents %d 0 R >>" % (size, len(objects) + 2),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        ]
    file, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"/Size %d /Root 1 0 R%s" % (len(objects) + 1, _LOCKED if locked else b"")
    return file + b"xref\n0 %d\n0000000000 65535 f \n%strailer << %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        table,
        trailer,
        len(file),
    )


def _drawn(line: Line) -> bytes:
    x, y, text = line
    return b"BT /F 12 Tf %d %d Td <%s> Tj ET" % (x, y, text.encode("cp1252").hex().encode())
