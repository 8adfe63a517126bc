"""HTML → text as Markdown has it: headings, lists, tables, quotes, code. Links and emphasis leave their text alone."""

import codecs
import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from runspan.base.errors import UnreadableError
from runspan.language.extraction.extracted_text import ExtractedText
from runspan.language.extraction.markdown_writer import MarkdownWriter

_CHARSET_BYTES = 1024  # how far the HTML standard looks for a declaration
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_CHARSET = re.compile(rb"<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([\w:.+-]+)", re.IGNORECASE)
_MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252"}  # what browsers read instead

_NO_TEXT = frozenset(
    {"head", "script", "style", "template", "noscript", "svg", "canvas", "iframe", "object", "select", "datalist"}
    | {"annotation", "annotation-xml"}
)
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_DECORATION = frozenset({"span", "a", "i"})  # with aria-hidden: the text stands beside it in another form
_MENUS = "nav, [role=navigation]"
_MATH = frozenset({"math", "semantics", "mrow", "mstyle", "msup", "msub", "mfrac"})  # only white space between parts
_MATH_SIGNS = {"msup": "^", "mfrac": "/"}  # between their two parts


def html_text(data: str) -> ExtractedText:
    """The text of an HTML page, as Markdown. What no reader sees is left out, and so are menus.

    Raises:
        UnreadableError: The page holds no text.
    """
    tree = LexborHTMLParser(data.encode("utf-8", "replace"))
    writer = MarkdownWriter()
    if tree.css_first("h1") is None and (title := tree.css_first("head > title")) is not None:
        writer.write_heading(title.text())
    if tree.body is not None:
        _walk(tree.body, writer)
    text = writer.text()
    if not text:
        raise UnreadableError("holds no text: where scripts make the page, open it in a browser and save it from there")
    return ExtractedText(text)


def html_charset(data: bytes) -> str | None:
    """The encoding that a page declares in its first 1024 bytes, by Python's name; ``None`` for none that is known.

    >>> html_charset(b'<meta charset="ISO-8859-1">')
    'cp1252'
    """
    declared = _CHARSET.search(_COMMENT.sub(b"", data[:_CHARSET_BYTES]))
    if declared is None:
        return None
    try:
        name = codecs.lookup(declared[1].decode("ascii", "replace")).name
        b"a".decode(name, "replace")  # fails where the codec is for something else than text
    except (LookupError, UnicodeError):
        return None
    return "utf-8" if name.startswith("utf-16") else _MEANT.get(name, name)  # in UTF-16 the tag could not be read


def _walk(root: LexborNode, writer: MarkdownWriter) -> None:
    """Enters and leaves each node of a tree in order; no recursion, since pages nest as deep as they like."""
    above: list[LexborNode] = []
    node: LexborNode | None = root
    while node is not None:
        if _enter(node, writer):
            if node.child is not None:
                above.append(node)
                node = node.child
                continue
            _leave(node, writer)
        while node.next is None and above:
            node = above.pop()
            _leave(node, writer)
        node = node.next if above else None


def _enter(node: LexborNode, writer: MarkdownWriter) -> bool:
    """Whether what is below a node is to be read."""
    tag = node.tag or ""
    if tag == "-text":
        text = node.text_content or ""
        if not text.isspace() or node.parent is None or node.parent.tag not in _MATH:
            writer.write(text)
        return False
    if tag in _NO_TEXT or tag.startswith("-") or not tag:
        return False
    attributes = node.attributes
    if attributes and _is_unseen(tag, attributes):
        return False
    if (tag == "nav" or attributes.get("role") == "navigation") and _is_menu(node):
        return False
    writer.write(" (" if _is_note(attributes) else _math_sign(node))
    writer.enter(tag, attributes)
    return True


def _leave(node: LexborNode, writer: MarkdownWriter) -> None:
    writer.leave(node.tag or "")
    if _is_note(node.attributes):
        writer.write(")")


def _is_unseen(tag: str, attributes: dict[str, str | None]) -> bool:
    hidden = "hidden" in attributes and attributes["hidden"] != "until-found"
    decoration = attributes.get("aria-hidden") == "true" and tag in _DECORATION
    mark = tag == "sup" and "ltx_note_mark" in (attributes.get("class") or "")
    return hidden or decoration or mark or bool(_UNSEEN.search(attributes.get("style") or ""))


def _is_menu(node: LexborNode) -> bool:
    """Whether most of what is below a node are links: where a page forgets to end its menu, all of it is below.

    One with others in it is none, since each text would be counted as often as it lies deep.
    """
    if any(child.css_first(_MENUS) is not None for child in node.iter()):
        return False
    linked = sum(len(link.text(strip=True)) for link in node.css("a"))
    return 2 * linked >= len(node.text(strip=True))


def _is_note(attributes: dict[str, str | None]) -> bool:
    """Whether an element holds a footnote in the place of its mark, as LaTeXML writes them."""
    return "ltx_note_outer" in (attributes.get("class") or "")


def _math_sign(node: LexborNode) -> str:
    """The sign between the part of a formula that a node is and the part before it."""
    sign = _MATH_SIGNS.get((node.parent.tag or "") if node.parent is not None else "", "")
    before = node.prev if sign else None
    while before is not None and (before.tag or "-").startswith("-"):
        before = before.prev
    return sign if before is not None else ""
