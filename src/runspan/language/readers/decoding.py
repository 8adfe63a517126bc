"""Bytes → text. What is not UTF-8 is read as what it looks like, with a warning; no byte stops a document."""

import codecs

import chardet

_SAMPLE = 200_000  # bytes that an encoding is guessed from
_BOMS = {codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32", codecs.BOM_UTF16_LE: "utf-16"}
_BOMS[codecs.BOM_UTF16_BE] = "utf-16"


def decode(data: bytes, declared: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Text of a file and warnings about it.

    Args:
        data: The file's bytes.
        declared: The encoding that the file names itself (an HTML page does).

    >>> decode("naïve".encode())
    ('naïve', ())
    >>> decode("naïve Bücher".encode("latin-1"))
    ('naïve Bücher', ('not UTF-8: read as Windows-1252',))
    """
    for bom, encoding in _BOMS.items():
        if data.startswith(bom):
            text = _decode_as(data, encoding)
            return (text, ()) if text is not None else _replace(data.removeprefix(bom), f"{encoding}-le")
    if _is_utf16_ascii(data):
        return _replace(data, "utf-16-be" if data[0] == 0 else "utf-16-le")
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        return _not_utf8(data, error.start, declared)


def _is_utf16_ascii(data: bytes) -> bool:
    """Whether every second byte of the beginning is a NUL, as in UTF-16 of plain letters."""
    start = data[:512]
    return len(start) >= 8 and (
        (not any(start[::2]) and all(start[1::2])) or (not any(start[1::2]) and all(start[::2]))
    )


def _not_utf8(data: bytes, place: int, declared: str | None) -> tuple[str, tuple[str, ...]]:
    replaced = data.decode("utf-8", "replace")
    lost = replaced.count("\ufffd")
    if declared and (text := _decode_as(data, declared)) is not None:
        return text, ()
    if lost >= sum(char >= "\x80" for char in replaced) - lost:  # little of it is UTF-8
        guess = chardet.detect(data[max(0, place - _SAMPLE // 2) : place + _SAMPLE // 2])["encoding"]
        if guess and (text := _decode_as(data, guess)) is not None:
            return text, (f"not UTF-8: read as {guess}",)
    return replaced, (f"not UTF-8 from byte {place} on: {lost} byte(s) that could not be read were replaced by U+FFFD",)


def _replace(data: bytes, encoding: str) -> tuple[str, tuple[str, ...]]:
    text = data.decode(encoding, "replace")
    lost = text.count("\ufffd")
    warning = f"{encoding}: {lost} character(s) that could not be read were replaced by U+FFFD"
    return text, ((warning,) if lost else ())


def _decode_as(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (LookupError, UnicodeError):
        return None
