"""Papers composed of parts, and the stream of training documents of an epoch."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from runspan.base.documents import ALL_RUNS, Document, Span
from runspan.language.compose import read_rows
from runspan.language.compose.edit import Edit, cut_document, edit_safely, is_outside, join_documents
from runspan.language.compose.noise import CHARACTER_NOISE, add_noise, looks_like_markdown, wrap_lines
from runspan.language.compose.substitution import SubstitutionRates, substitute

KINDS = ("front_matter", "sections", "negatives")
SHORTEST, LONGEST = 8_000, 45_000

_FACTS = frozenset({"params", "gpu_count", "hardware", "training"})
_HEADINGS = ("Implementation Details", "Experimental Setup", "Training Details", "Computational Resources", "Training")
_OPENING = re.compile(r"@|\babstract\b|\buniversity\b|\binstitute\b", re.I)
_REFERENCE = re.compile(r"^.*\b(?:arXiv|Proc\b|Proceedings|pages|pp\.|et al|In [A-Z]|Trans\.|vol\.).*$", re.M)
_BIBLIOGRAPHY = re.compile(r"^\s*(?:\d+\.? )?references|\\bibitem", re.I | re.M)
_RUNNING = re.compile(
    r"\b(?:Vol|No|Proc|Conf|Int|Symp)\.|Journal|Frontiers|Volume|©|doi|preprint|\bpages?\b|pp\.|\d{4}\)|Workshop", re.I
)
_NO_PAPER = re.compile(r"^(?:\[\d\d:\d\d|\$ |>>> |Q: |From: |\[b\]|@)|\b(?:FAQ|lol|podcast|dear)\b", re.I | re.M)
_NUMBERED = re.compile(r"(?:(?<=\n\n)|\A)(\d{1,2})(?=(?:\.\d+)*\.?[ \t]+[A-Z][^\n]{2,70}(?<!\.)(?:\n|\Z))")


# ----------------------------------------------------------------------------------------------------------- parts


@dataclass(frozen=True, slots=True)
class _Parts:
    """Documents by the place that they can take in a paper; the section with the facts is its heart."""

    openings: list[Document] = field(default_factory=list)
    hearts: list[Document] = field(default_factory=list)
    bodies: list[Document] = field(default_factory=list)
    backs: list[Document] = field(default_factory=list)
    references: list[Document] = field(default_factory=list)

    def place(self, kind: str, document: Document) -> None:
        """Put a document where it can stand; what suits no paper is left out."""
        has_facts = _has_facts(document)
        opens = kind == "front_matter" and bool(_OPENING.search(document.text, 0, 600)) and _is_dated(document)
        if (
            _NO_PAPER.search(document.text)
            or looks_like_markdown(document.text)
            or (has_facts and kind != "sections" and not opens)
        ):
            return
        if opens and not _is_bibliography(document.text):
            self.openings.append(document)
        elif has_facts:
            self.hearts.append(document)
        elif _is_bibliography(document.text):
            self.references.append(document)
        elif kind != "front_matter":
            self.bodies.append(document)
        else:
            self.backs.append(document)


def _has_facts(document: Document) -> bool:
    return any(span.label in _FACTS for span in document.spans)


def _is_dated(document: Document) -> bool:
    """Whether a text names a country or a year in its first lines, as a title page does."""
    return any(span.label in ("country", "year") and span.start < 800 for span in document.spans)


def _is_bibliography(text: str) -> bool:
    return bool(_BIBLIOGRAPHY.search(text)) or len(_REFERENCE.findall(text)) > 0.3 * (text.count("\n") + 4)


def _choose_parts(parts: _Parts, random: Random, length: int) -> list[Document]:
    """Parts in their order: an opening, bodies until the length is reached, ends.

    The heart stands among the bodies; where the opening tells the facts, it is a body as any other.
    """
    tells = random.random() < 0.5
    openings = [part for part in parts.openings if _has_facts(part) == tells] or parts.openings
    opening = random.sample(openings, min(1, len(openings)))
    tells = any(map(_has_facts, opening))
    heart = random.choice(parts.bodies if tells and parts.bodies else parts.hearts or parts.bodies)
    end = random.sample(parts.backs, min(random.randint(0, 2), len(parts.backs)))
    end += random.sample(parts.references, min(random.randint(1, 3), len(parts.references)))
    left = length - sum(len(part.text) for part in (heart, *opening, *end))
    body: list[Document] = []
    for part in random.sample(parts.bodies, len(parts.bodies)):
        if left <= 0:
            break
        if part is not heart:
            body.append(part)
            left -= len(part.text)
    body.insert(random.randint(len(body) // 3, len(body)), heart)
    return [*opening, *body, *end]


def compose_paper(parts: Mapping[str, Sequence[Document]], random: Random, length: int) -> Document:
    """A document as long as a paper: front matter, sections, the section with the facts, references, a footer a page.

    The parts are made to tell of one paper: its year, the name of its model and the numbers of its sections.

    Args:
        parts: Documents of the kinds ``front_matter``, ``sections`` and ``negatives``; other kinds are not used.
        random: Source of all choices.
        length: Characters to reach, where there are parts enough.

    Raises:
        ValueError: No section and no negative among the parts.
    """
    places = _Parts()
    for kind in KINDS:
        for document in parts.get(kind, ()):
            places.place(kind, document)
    if not places.hearts and not places.bodies:
        raise ValueError(f"no section to compose a paper of; expected documents of the kinds {', '.join(KINDS)}")
    return _assemble(_choose_parts(places, random, length), random)


# -------------------------------------------------------------------------------------------------------- assembly


def _assemble(chosen: Sequence[Document], random: Random) -> Document:
    """Chosen parts as one paper: with one year and model, sections in order, lines of one width, footers."""
    heart = next(filter(_has_facts, chosen), chosen[0])
    year = max((int(surface) for surface in _surfaces(heart, "year") if surface.isdecimal()), default=0)
    year = year or max((int(s) for part in chosen for s in _surfaces(part, "year") if s.isdecimal()), default=0)
    names = Counter(_surfaces(heart, "model")) or Counter(_surfaces(chosen[0], "model"))
    name = names.most_common(1)[0][0] if names else ""
    several = len(heart.run_numbers()) > 1
    ready: list[Document] = []
    section = 0
    for number, part in enumerate(chosen):
        unified = _unify(part, year, "" if part is heart else name)
        if part is not heart:
            unified = _tie(unified, ALL_RUNS if several else None)
        if number:
            unified = _without_running_lines(unified)
        unified, section = _renumber(unified, section, _HEADINGS if number and part is heart else (), random)
        ready.append(unified)
    paper = join_documents(f"papers/{heart.id}", ready, "\n\n")
    paper = wrap_lines(paper, random) if random.random() < 0.85 else paper
    return _add_footers(paper, year, ALL_RUNS if several else None, random)


def _surfaces(document: Document, label: str) -> list[str]:
    return [document.surface(span) for span in document.spans if span.label == label]


def _unify(part: Document, year: int, name: str) -> Document:
    """The part with its years moved to end in that of the paper, and its main model called by that of the paper."""
    latest = max((int(surface) for surface in _surfaces(part, "year") if surface.isdecimal()), default=0)
    main = Counter(_surfaces(part, "model")).most_common(1)
    edits = []
    for span in part.spans:
        surface = part.surface(span)
        if span.label == "year" and surface.isdecimal() and year:
            edits.append(Edit(span.start, span.end, str(int(surface) + year - latest)))
        elif span.label == "model" and name and surface == main[0][0]:
            edits.append(Edit(span.start, span.end, name))
    return edit_safely(part, edits)


def _tie(part: Document, run: str | None) -> Document:
    return replace(part, spans=tuple(replace(span, run=run) for span in part.spans))


def _without_running_lines(part: Document) -> Document:
    """The part without a first or last line that names another journal or page."""
    text = part.text.strip("\n")
    start = part.text.index(text)
    end = start + len(text)
    first, last = text.partition("\n")[0], text.rpartition("\n")[2]
    if len(first) < min(160, len(text) // 3) and (_RUNNING.search(first) or first.strip().isdecimal()):
        start += len(first)
    if len(last) < min(160, len(text) // 3) and (_RUNNING.search(last) or last.strip().isdecimal()):
        end -= len(last)
    start += len(part.text[start:end]) - len(part.text[start:end].lstrip())
    end = start + len(part.text[start:end].rstrip())
    crossed = any(span.start < edge < span.end for span in part.spans for edge in (start, end))
    return part if crossed or end <= start else cut_document(part, start, end)


def _renumber(part: Document, section: int, headings: Sequence[str], random: Random) -> tuple[Document, int]:
    """The part with its section's number as the next of the paper; a heart without heading may get one."""
    if _NUMBERED.match(part.text):
        new: dict[str, str] = {}
        edits = []
        for match in _NUMBERED.finditer(part.text):
            number = new.setdefault(match[1], str(section + len(new) + 1))
            if is_outside(part.spans, *match.span()):
                edits.append(Edit(*match.span(), number))
        return edit_safely(part, edits), section + len(new)
    if headings and part.text[0].isupper() and random.random() < 0.5:
        heading = f"{section + 1}.{random.randint(1, 3)}  {random.choice(headings)}\n\n"
        return edit_safely(part, [Edit(0, 0, heading)]), section + 1
    return part, section


def _add_footers(paper: Document, year: int, run: str | None, random: Random) -> Document:
    """The paper with one footer at the end of every page, page numbers in order, the year of the paper in it."""
    templates = [row["footer"] for row in read_rows("footers") if year or "{year}" not in row["footer"]]
    template, first = random.choice(templates), random.randint(1, 900)
    size = random.randint(2200, 4200)
    ends = [match.start() for match in re.finditer(r"(?<=\S)\n(?=\S)|\n\n", paper.text)]
    cuts = [0]
    for end in ends:
        if end - cuts[-1] >= size and is_outside(paper.spans, end, end + 1):
            cuts.append(end)
    numbers = {"volume": random.randint(2, 40), "first": first, "last": first + len(cuts), "pages": len(cuts)}
    page = 1 if "{pages}" in template or random.random() < 0.5 else first
    pieces = []
    for number, (start, end) in enumerate(zip(cuts, [*cuts[1:], len(paper.text)], strict=True)):
        footer = template.format(page=page + number, year=year, **numbers)
        at = template.format(page=page + number, year="\0", **numbers).find("\0")
        spans = (Span(at + 1, at + 1 + len(str(year)), "year", run=run),) if at >= 0 else ()
        pieces += [cut_document(paper, start, end), Document("", f"\n{footer}", spans)]
    return join_documents(paper.id, pieces)


# ---------------------------------------------------------------------------------------------------------- corpus


@dataclass(frozen=True, slots=True)
class ComposerSettings:
    """What a composed epoch is made of.

    Attributes:
        substitution_rate: Share of the documents whose values are swapped.
        noise_rate: Share of the documents with noise.
        paper_rate: Share of the sections, front matter and negatives that may go into papers.
        rates: How often the values of each label are swapped, where they are at all.
    """

    substitution_rate: float = 0.6
    noise_rate: float = 0.5
    paper_rate: float = 0.4
    rates: SubstitutionRates = field(default_factory=SubstitutionRates)


def compose_corpus(
    documents: Iterable[Document], seed: int, epoch: int, settings: ComposerSettings | None = None
) -> Iterator[Document]:
    """Training documents of one epoch, in mixed order; the same for the same documents, seed and epoch.

    Every document appears once, as it is, with other values, with noise, or as a part of a paper. A part of the id
    before the first slash is the kind of a document; those of other kinds than :data:`KINDS` go into no paper.

    >>> documents = [Document(f"posts/{n}", f"Post {n}.") for n in range(3)]
    >>> sorted(document.id for document in compose_corpus(documents, seed=1, epoch=0))
    ['posts/0', 'posts/1', 'posts/2']
    """
    settings = settings or ComposerSettings()
    random = Random(f"{seed}:{epoch}")
    groups = _group(sorted(documents, key=lambda document: document.id), settings.paper_rate, random)
    random.shuffle(groups)
    for group in groups:
        own = Random(f"{seed}:{epoch}:{group[0].id}")
        parts = [
            substitute(part, own, settings.rates) if own.random() < settings.substitution_rate else part
            for part in group
        ]
        composed = _assemble(parts, own) if len(parts) > 1 else parts[0]
        if own.random() < settings.noise_rate:
            composed = add_noise(composed, own, CHARACTER_NOISE if len(parts) > 1 else ())
        yield composed


def _group(documents: Sequence[Document], paper_rate: float, random: Random) -> list[list[Document]]:
    """Documents that stay alone and the parts of each paper, every document in one group."""
    parts = _Parts()
    for document in documents:
        kind = document.id.partition("/")[0]
        if kind in KINDS and random.random() < paper_rate:
            parts.place(kind, document)
    groups: list[list[Document]] = []
    while parts.hearts and sum(len(part.text) for part in parts.bodies) > SHORTEST:
        chosen = _choose_parts(parts, random, random.randint(SHORTEST, LONGEST))
        groups.append(chosen)
        for place in (parts.openings, parts.hearts, parts.bodies, parts.backs, parts.references):
            place[:] = [part for part in place if all(part is not used for used in chosen)]
    used = {document.id for group in groups for document in group}
    return groups + [[document] for document in documents if document.id not in used]
