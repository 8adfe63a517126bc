"""Noise that texts pick up: in the extraction of PDF pages, and in Markdown. No span loses its characters by it.

Each kind of noise is a function ``(document, random) → document``; what would take a span off its words is not done.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from random import Random

from runspan.base.documents import Document
from runspan.language.compose import read_rows
from runspan.language.compose.edit import Edit, edit_safely, is_outside, substitute_pattern

Noise = Callable[[Document, Random], Document]

NARROWEST, WIDEST = 38, 95
_LAYOUT = re.compile(
    r"\S {3,}\S|\t|^ {4}|(?:\. ){3}|@|</?\w+[ >]"
    r"|^\s*(?:[|#>\\@`*∗†‡§{]|[-•–]\s|\d+[.)]\s|\d+\s+[A-Z]|\d[A-Z]|(?:abstract|ABSTRACT|Abstract)\b)"
)
_ENTRY = re.compile(r"\[[\w+-]+\]|\d+\. |[A-Z][\w'’-]+,? [A-Z]|[A-Z]\. ")
_TOKEN = re.compile(r"\S+")
_HYPHENATED = re.compile(r"([^\W\d_]{3,})([.,;:)]*)")
_SYLLABLE = re.compile(r"(?<=[aeiouy])(?=[bcdfglmnprstv][aeiouy])|(?<=[aeiouy][lmnrs])(?=[bcdfgpt][aeiouy])", re.I)
_NAME = r"(?:[A-Z][\w'’-]*\.? )+[A-Z][\w'’-]+"
_AUTHORS = re.compile(rf"^{_NAME}(?:(?:,| and|, and) {_NAME})+$", re.M)

# ------------------------------------------------------------------------------------------------ lines of a column


def unwrap_lines(document: Document, random: Random) -> Document:
    """Lines of paragraphs joined again, hyphens at their ends gone, as the text was before it was set.

    >>> text = "This is a network of the most mod-\\nest size that is in use by all of\\nus."
    >>> unwrap_lines(Document("a", text), Random(0)).text
    'This is a network of the most modest size that is in use by all of us.'
    """
    lines = document.text.split("\n")
    edits, cursor, widest = [], 0, _block_widths(lines)
    for number, (line, after) in enumerate(pairwise(lines)):
        cursor += len(line) + 1
        full = len(line) + len(after.split(" ")[0]) + 1 >= widest[number] * 0.75 and len(line) > 25
        if not full or not after.strip() or _LAYOUT.search(line) or _LAYOUT.search(after) or after[0] == " ":
            continue
        if _ENTRY.match(after) and line.rstrip()[-1] in ".])":
            continue
        hyphen = re.search(r"[^\W\d_]{2}-$", line) and after[0].islower()
        edits.append(Edit(cursor - 2, cursor, "") if hyphen else Edit(cursor - 1, cursor, " "))
    return edit_safely(document, edits)


def _block_widths(lines: list[str]) -> list[int]:
    """Width of the longest line of the block that each line stands in; blocks are parted by empty lines."""
    widths: list[int] = []
    block: list[str] = []
    for line in [*lines, ""]:
        block.append(line)
        if not line.strip():
            widths += [max(map(len, block))] * len(block)
            block = []
    return widths


def wrap_lines(document: Document, random: Random) -> Document:
    """Hard line breaks at the width of a column, in entities too, with words hyphenated at the ends of lines.

    >>> text = "The generator was trained for eleven days on a single accelerator that we borrowed."
    >>> print(wrap_lines(Document("a", text), Random(5)).text)
    The generator was trained for eleven days on a single accelerator that we
    borrowed.
    """
    flat = unwrap_lines(document, random)
    width = random.randint(NARROWEST, WIDEST)
    hyphenates = random.random() < 0.7
    edits: list[Edit] = []
    start = 0
    for line in flat.text.split("\n"):
        if len(line) > width and not _LAYOUT.search(line):
            edits += _breaks(line, start, width, hyphenates)
        start += len(line) + 1
    return edit_safely(flat, edits)


def _breaks(line: str, offset: int, width: int, hyphenates: bool) -> Iterator[Edit]:
    """Edits that break a line that begins at ``offset`` of the text."""
    begin = 0
    for token in _TOKEN.finditer(line):
        start, end = token.span()
        if end - begin <= width or start == begin:
            continue
        cut = start + _cut_of(token[0], begin + width - start, hyphenates)
        if cut > start:
            yield Edit(offset + cut, offset + cut, "\n" if line[cut - 1] in "-–/" else "-\n")
            begin = cut
        else:
            gap = re.search(r"\s*$", line[:start])
            yield Edit(offset + (gap.start() if gap else start), offset + start, "\n")
            begin = start


def _cut_of(token: str, room: int, hyphenates: bool) -> int:
    """Where a token with ``room`` left on its line is cut: after its own hyphen or between syllables; 0: nowhere."""
    own = [match.end() for match in re.finditer(r"(?<=\w)[-–/](?=\w)", token) if match.end() <= room]
    if own and "//" not in token and "@" not in token and "." not in token[:-1]:
        return own[-1]
    word = _HYPHENATED.fullmatch(token)
    if not hyphenates or not word or not (word[1].islower() or word[1].istitle()) or len(word[1]) < 6:
        return 0
    cuts = [match.start() for match in _SYLLABLE.finditer(word[1])]
    return max((cut for cut in cuts if 2 <= cut <= min(room - 1, len(word[1]) - 3)), default=0)


def add_page_breaks(document: Document, random: Random) -> Document:
    """Page numbers and running heads between lines, never inside an entity.

    >>> add_page_breaks(Document("a", "a line\\nand another\\n" * 20), Random(1)).text.count("a line")
    20
    """
    heads = [row["head"] for row in read_rows("running_heads")]
    head, page = random.choice(heads), random.randint(2, 30)
    ends = [match.start() for match in re.finditer(r"(?<=\S)\n(?=\S)", document.text)]
    ends = [end for end in ends if is_outside(document.spans, end, end + 1)]
    edits = []
    for end in ends[random.randint(4, 30) :: random.randint(30, 60)]:
        between = random.choice((f"{page}", f"{head}", f"{page}\n{head}", f"{head}\n{page}", f"{head} {page}"))
        gap = random.choice(("\n", "\n\n"))
        edits.append(Edit(end, end + 1, f"{gap}{between}{gap}"))
        page += 1
    return edit_safely(document, edits)


def split_cells(document: Document, random: Random) -> Document:
    """Cells of tables one a line, as column after column comes out of a PDF.

    >>> print(split_cells(Document("a", "GPUs   8\\nHours   31\\n\\nend"), Random(0)).text.replace("\\n", "/"))
    GPUs/8/Hours/31//end
    """
    edits = []
    for match in re.finditer(r"^.*\S(?: {2,}|\t)\S.*$", document.text, re.M):
        gaps = re.finditer(r"(?<=\S)(?: {2,}|\t+)(?=\S)", match[0])
        edits += [Edit(match.start() + gap.start(), match.start() + gap.end(), "\n") for gap in gaps]
    return edit_safely(document, edits)


# ----------------------------------------------------------------------------------------------------- characters


def set_ligatures(document: Document, random: Random) -> Document:
    """``fi``, ``fl``, ``ff`` and ``ffi`` as the one character that a font has for them.

    >>> set_ligatures(Document("a", "five efficient flows"), Random(1)).text
    'ﬁve eﬃcient ﬂows'
    """
    letters = {"ffi": "ﬃ", "ffl": "ﬄ", "ff": "ﬀ", "fi": "ﬁ", "fl": "ﬂ"}
    kept = set(letters) if random.random() < 0.6 else {"fi", "fl"}
    forms = "|".join(form for form in letters if form in kept)
    return substitute_pattern(document, re.compile(forms), lambda match: letters[match[0]])


def lose_spaces(document: Document, random: Random) -> Document:
    """A few spaces between words dropped, outside of entities, or doubled, anywhere."""
    share = random.uniform(0.002, 0.02)

    def change(match: re.Match[str]) -> str | None:
        if random.random() > share:
            return None
        return "  " if random.random() < 0.6 or not is_outside(document.spans, *match.span()) else ""

    return substitute_pattern(document, re.compile(r"(?<=[^\W\d_]) (?=[^\W\d_])"), change)


def glue_marks(document: Document, random: Random) -> Document:
    """Marks of affiliations glued to the names of authors, outside of entities.

    >>> glue_marks(Document("a", "Ann Lee and Bo Ek"), Random(0)).text
    'Ann Lee1 and Bo Ek1'
    """
    marks = random.choice(("12312", "†‡*†‡", "abcab", "11211"))
    edits = []
    for line in _AUTHORS.finditer(document.text, 0, min(len(document.text), 1500)):
        for index, name in enumerate(re.finditer(_NAME, line[0])):
            end = line.start() + name.end()
            edits.append(Edit(end, end, marks[index % len(marks)]))
    return edit_safely(document, [edit for edit in edits if is_outside(document.spans, edit.start - 1, edit.start)])


def set_tildes(document: Document, random: Random) -> Document:
    """``about 31`` as ``∼31`` or ``~31``; the one tilde for the other.

    >>> set_tildes(Document("a", "about 31 hours"), Random(3)).text
    '∼31 hours'
    """
    tilde = random.choice("∼∼~≈")
    pattern = re.compile(r"\b(?:about|around|approximately|roughly) (?=\d)|[~∼](?=\d)")
    share = random.uniform(0.3, 1)
    return substitute_pattern(document, pattern, lambda match: tilde if random.random() < share else None)


def set_typography(document: Document, random: Random) -> Document:
    """Typographic quotes, apostrophes, dashes of ranges and of asides; non-breaking hyphens at times.

    >>> set_typography(Document("a", 'It\\'s "new": 2-8 cards, pp. 3-9, 2023-04-05'), Random(1)).text
    'It’s “new”: 2–8 cards, pp. 3–9, 2023-04-05'
    """
    if "```" in document.text or "<code" in document.text:
        return document
    new = {"'": "’", '"': "”", " - ": random.choice((" – ", "—")), " -- ": " – ", "-": "–"}
    hyphen = random.random() < 0.1
    pattern = re.compile(
        r"""'|(?<![=(\[])"(?![\])=>])| --? |(?<![\w.-])(?<!\d-)\d+-\d+(?![\w.-])|(?<=[a-z])-(?=[a-z])"""
    )

    def change(match: re.Match[str]) -> str | None:
        old = match[0]
        if old[0].isdigit():
            return old.replace("-", "–")
        if old == "-":
            return "\u2011" if hyphen else None
        opens = old in "'\"" and (match.start() == 0 or match.string[match.start() - 1] in " \n([")
        return {"'": "‘", '"': "“"}[old] if opens else new[old]

    return substitute_pattern(document, pattern, change)


def set_spaces(document: Document, random: Random) -> Document:
    """Non-breaking and thin spaces between numbers and units and in large numbers.

    >>> set_spaces(Document("a", "31 hours"), Random(2)).text
    '31\\xa0hours'
    """
    space = random.choice("\u00a0\u00a0\u2009\u202f")
    pattern = re.compile(r"(?<=\d) (?=[a-zA-Z×%°µ])" + (r"|(?<=\d),(?=\d{3}(?!\d))" if random.random() < 0.3 else ""))
    share = random.uniform(0.4, 1)
    return substitute_pattern(document, pattern, lambda match: space if random.random() < share else None)


# ------------------------------------------------------------------------------------------------------- Markdown


def mark_entities(document: Document, random: Random) -> Document:
    """Bold, italic or code marks around some entities, outside of their spans.

    >>> from runspan.base.documents import Span
    >>> mark_entities(Document("a", "on 8 cards", (Span(3, 4, "gpu_count"),)), Random(3)).text
    'on **8** cards'
    """
    mark, share = random.choice(("**", "**", "*", "_", "`")), random.uniform(0.2, 0.9)
    edits = []
    for start, end in _free_spans(document):
        if random.random() < share:
            edits += [Edit(start, start, mark), Edit(end, end, mark)]
    return edit_safely(document, edits)


def _free_spans(document: Document) -> Iterator[tuple[int, int]]:
    """Spans on one line that stand between spaces or stops, in no code, link or heading of the front."""
    for span in document.spans:
        before, after = document.text[span.start - 1 : span.start], document.text[span.end : span.end + 1]
        line = document.text[document.text.rfind("\n", 0, span.start) + 1 : span.start]
        plain = not re.search(r"[`<\[#*_]|^\w+:|^\s{4}", line)
        if (
            before in (" ", "")
            and after in (" ", "", ".", ",", ";", "\n")
            and plain
            and "\n" not in document.surface(span)
        ):
            yield span.start, span.end


def link_entities(document: Document, random: Random) -> Document:
    """Models as links, the brackets outside of their spans."""
    models = {(span.start, span.end): document.surface(span) for span in document.spans if span.label == "model"}
    free = [where for where in _free_spans(document) if where in models]
    edits = []
    for start, end in random.sample(free, min(len(free), random.randint(1, 3))):
        slug = re.sub(r"\W+", "-", models[start, end]).strip("-")
        url = random.choice(("https://huggingface.co/lab", "https://github.com/lab", "https://hub.example"))
        edits += [Edit(start, start, "["), Edit(end, end, f"]({url}/{slug})")]
    return edit_safely(document, edits)


def break_lines(document: Document, random: Random) -> Document:
    """``<br>`` for some of the line breaks of running text."""
    share = random.uniform(0.1, 0.6)
    mark = random.choice(("<br>", "<br>\n", "<br/>\n"))
    pattern = re.compile(r"(?<=[a-z.,;:])\n(?=[A-Za-z])")
    return substitute_pattern(document, pattern, lambda _: mark if random.random() < share else None, outside=True)


def add_bullets(document: Document, random: Random) -> Document:
    """The sentences of one paragraph as a list.

    >>> print(add_bullets(Document("a", "It has 3 layers. It is small. It runs."), Random(0)).text)
    * It has 3 layers.
    * It is small.
    * It runs.
    """
    paragraphs = re.finditer(r"^(?:[A-Z][^\n|<`#]+\. ){2,}[A-Z][^\n|<`#]+\.$", document.text, re.M)
    chosen = list(paragraphs)
    if not chosen:
        return document
    paragraph, bullet = random.choice(chosen), random.choice(("- ", "* ", "• "))
    ends = re.finditer(r"(?<=[a-z0-9)]{2}\.) (?=[A-Z])(?<!al\. )(?<!Fig\. )(?<!Tab\. )(?<!vs\. )", paragraph[0])
    breaks = [Edit(paragraph.start() + end.start(), paragraph.start() + end.end(), f"\n{bullet}") for end in ends]
    return edit_safely(document, [Edit(paragraph.start(), paragraph.start(), bullet), *breaks])


def pipe_tables(document: Document, random: Random) -> Document:
    """Tables set with spaces as tables of Markdown.

    >>> print(pipe_tables(Document("a", "GPUs   Hours\\n8      31"), Random(0)).text)
    | GPUs | Hours |
    |---|---|
    | 8 | 31 |
    """
    edits: list[Edit] = []
    for block in re.finditer(r"(?:^.*\S(?: {2,}|\t)\S.*(?:\n|\Z)){2,}", document.text, re.M):
        for number, row in enumerate(re.finditer(r"^[ \t]*(\S.*\S)[ \t]*$", block[0], re.M)):
            offset = block.start()
            gaps = list(re.finditer(r"(?<=\S)(?: {2,}|\t+)(?=\S)", row[1]))
            rule = "\n|" + "---|" * (len(gaps) + 1) if not number else ""
            edits.append(Edit(offset + row.start(), offset + row.start(1), "| "))
            edits += [Edit(offset + row.start(1) + g.start(), offset + row.start(1) + g.end(), " | ") for g in gaps]
            edits.append(Edit(offset + row.end(1), offset + row.end(), " |" + rule))
    return edit_safely(document, edits)


# -------------------------------------------------------------------------------------------------------- mixtures

CHARACTER_NOISE: tuple[tuple[Noise, float], ...] = (
    (set_tildes, 0.4),
    (set_typography, 0.6),
    (set_spaces, 0.25),
    (lose_spaces, 0.3),
    (set_ligatures, 0.3),
)
PDF_NOISE: tuple[tuple[Noise, float], ...] = (
    (glue_marks, 0.3),
    (wrap_lines, 0.8),
    (split_cells, 0.3),
    (add_page_breaks, 0.4),
    *CHARACTER_NOISE,
)
MARKDOWN_NOISE: tuple[tuple[Noise, float], ...] = (
    (pipe_tables, 0.7),
    (add_bullets, 0.3),
    (mark_entities, 0.5),
    (link_entities, 0.2),
    (break_lines, 0.2),
    (set_tildes, 0.3),
    (set_typography, 0.2),
    (set_spaces, 0.05),
)
_MARKDOWN = re.compile(r"^#{1,4} |^\||^<\w+[ >]|^```|^\*\*|^---$|\]\(http|^[-*] ", re.M)


def looks_like_markdown(text: str) -> bool:
    """Whether a text has headings, tables, code, lists or links as Markdown writes them.

    >>> looks_like_markdown("# Title\\n"), looks_like_markdown("1 Introduction\\n")
    (True, False)
    """
    return bool(_MARKDOWN.search(text))


def add_noise(document: Document, random: Random, noises: Sequence[tuple[Noise, float]] = ()) -> Document:
    """The document with each of some kinds of noise or not.

    Args:
        document: Document to edit.
        random: Source of all choices.
        noises: Kinds of noise, each with how often it is done; without any those of Markdown for a text that looks
            like it, else those of PDF extraction.
    """
    for noise, rate in noises or (MARKDOWN_NOISE if looks_like_markdown(document.text) else PDF_NOISE):
        if random.random() < rate:
            document = noise(document, random)
    return document
