"""Conventions of tagging, beyond markup: what a span of a label may look like, and how spans share runs.

Each rule is a function from a document to what it finds. What a rule of :data:`FAULTS` finds is wrong wherever it
stands; what one of :data:`WARNINGS` finds is for a reader to judge.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from runspan.base.documents import ALL_RUNS, Document, Span
from runspan.base.errors import Fault
from runspan.language import markup
from runspan.language.boundaries import APPROXIMATOR, mend_boundaries
from runspan.language.exclusions import is_excluded
from runspan.language.mentions import untagged_mentions
from runspan.language.normalize import NORMALIZERS, normalize
from runspan.language.normalize.numbers import tokenize
from runspan.language.normalize.tables import read_table, words_of
from runspan.language.run_values import runs_of, several_values

Finding: TypeAlias = tuple[Span, str]
Rule: TypeAlias = Callable[[Document], Iterator[Finding]]

_STARTS_APPROXIMATELY = re.compile(rf"{APPROXIMATOR}(?![\w-])|[~≈∼]", re.I)
_ENDS_APPROXIMATELY = re.compile(rf"(?<![\w-]){APPROXIMATOR}\s*\Z", re.I)
_BOUND = re.compile(r"(?:only|over|up to|just|nearly|less than)\b", re.I)
_TIMES_AT_AN_END = re.compile(r"\A[x×]\s*(?=[0-9])|×\Z|(?:[0-9]|\b[a-z]+\s)\s*x\Z", re.I)
_YEAR = re.compile(r"[0-9]{4}")
_CELL = re.compile(r"[0-9][0-9 .,:]*(?:k|m|thousand|million)?", re.I)
_NO_HOURS = re.compile(r"\b(?:nights?|evenings?|weekends?)\b", re.I)
_OTHER_LANGUAGE = re.compile(r"[^\W\d_A-Za-z]|\b(?:mila|milioni) ", re.I)  # abstracts come in two languages
_WORD = re.compile(r"[^\W\d_]+")
_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"))
_LONGEST_LOOK_BACK = 20  # characters: the longest approximator and a line break
_NUMBER_LIKE = ("params", "gpu_count", "training", "year")
_MAKES = frozenset({"dcu", "dcus"})  # nouns that only one vendor uses, for its one line of devices
_CAN_BE_A_TOTAL = ("params", "training")  # a sum over runs belongs to none of them


def find_faults(document: Document) -> list[Fault]:
    """What breaks a convention, in order of the document.

    >>> tagged = "in <year>March 2024</year>"
    >>> print(*find_faults(markup.parse(tagged, "a").document))
    a:1:4: <year>March 2024</year>: expected the four digits of a year and nothing else
    """
    return _find(document, FAULTS)


def find_warnings(document: Document) -> list[Fault]:
    """What is likely to be a slip, in order of the document."""
    return _find(document, WARNINGS)


def _find(document: Document, rules: Sequence[Rule]) -> list[Fault]:
    found = [(span, message) for rule in rules for span, message in rule(document)]
    source = document.source or document.id
    return sorted(Fault(source, *markup.locate(document, span), message) for span, message in found)


def _spans(document: Document, *labels: str) -> Iterator[tuple[Span, str, str]]:
    """Spans of some labels, each with its surface and its tagged form for a message."""
    for span in document.spans:
        if span.label in labels:
            surface = document.surface(span)
            yield span, surface, f"<{span.label}>{surface}</{span.label}>"


def year_is_four_digits(document: Document) -> Iterator[Finding]:
    """A year is four digits: of a date, only they are tagged."""
    for span, surface, tagged in _spans(document, "year"):
        if not _YEAR.fullmatch(surface):
            yield span, f"{tagged}: expected the four digits of a year and nothing else"


def count_has_no_times(document: Document) -> Iterator[Finding]:
    """The x of ``8x`` stands outside; a product keeps the one between its factors."""
    for span, surface, tagged in _spans(document, "gpu_count"):
        if _TIMES_AT_AN_END.search(surface):
            yield span, f"{tagged}: expected the number alone: move the x outside of the tags"


def count_has_no_noun(document: Document) -> Iterator[Finding]:
    """What is counted stands outside of the count, be it hardware or a bare noun."""
    for span, surface, tagged in _spans(document, "gpu_count"):
        nouns = [word for word in _WORD.findall(surface) if word.lower() in words_of("nouns", "device")]
        if nouns:
            yield span, f"{tagged}: expected the number alone: move {nouns[0]!r} outside of the tags"


def params_have_a_number(document: Document) -> Iterator[Finding]:
    """A number of parameters holds a number, in digits or in words."""
    rows = [row for row in read_table("number_words") if row["kind"] not in ("scale", "suffix")]
    number_words = {row["word"] for row in rows}
    for span, surface, tagged in _spans(document, "params"):
        if not any(token in number_words or any(map(str.isnumeric, token)) for token in tokenize(surface)):
            yield span, f"{tagged}: expected a number in it; take the tags out where there is none"


def params_are_not_approximate(document: Document) -> Iterator[Finding]:
    """An approximator stands outside of a number of parameters."""
    for span, surface, tagged in _spans(document, "params"):
        if match := _STARTS_APPROXIMATELY.match(surface):
            yield span, f"{tagged}: expected the number first: move {match[0]!r} outside of the tags"


def training_has_no_bound(document: Document) -> Iterator[Finding]:
    """Words like *only*, *over* and *up to* stand outside of a duration."""
    for span, surface, tagged in _spans(document, "training"):
        if match := _BOUND.match(surface):
            yield span, f"{tagged}: expected the duration first: move {match[0]!r} outside of the tags"


def training_holds_its_approximator(document: Document) -> Iterator[Finding]:
    """An approximator directly before a duration stands inside of its span.

    A warning, since tagged text that others wrote is not of one mind about it.
    """
    for span, _, tagged in _spans(document, "training"):
        before = document.text[max(0, span.start - _LONGEST_LOOK_BACK) : span.start]
        if match := _ENDS_APPROXIMATELY.search(before):
            yield span, f"{tagged}: expected the {match[0].strip()!r} before it inside of the tags"


def boundaries_are_whole(document: Document) -> Iterator[Finding]:
    """Names, numbers and brackets are tagged whole, hardware and parameters with the noun that follows."""
    mended = mend_boundaries(document).spans
    for span, surface, tagged in _spans(document, *NORMALIZERS):
        if not any(other.end == span.end and _begins(document, other, span) for other in mended):
            whole = next((document.surface(other) for other in mended if other.overlaps(span)), surface)
            yield span, f"{tagged}: expected the tags around {whole!r}"


def _begins(document: Document, mended: Span, span: Span) -> bool:
    """Whether two spans begin at one place, but for the approximator of a duration, which has a rule of its own."""
    between = document.text[mended.start : span.start]
    return mended.start == span.start or bool(span.label == "training" and _ENDS_APPROXIMATELY.fullmatch(between))


def nothing_excluded_is_tagged(document: Document) -> Iterator[Finding]:
    """What a span's surface or neighbours exclude is not tagged: data sets as models, counts of nodes or tokens."""
    for span, _, tagged in _spans(document, *NORMALIZERS):
        if is_excluded(document, span):
            beside = document.text[span.end : span.end + _LONGEST_LOOK_BACK].split("\n")[0]
            yield span, f"{tagged}{beside}: excluded by what it is or what stands beside it"


def hardware_is_named(document: Document) -> Iterator[Finding]:
    """A noun alone is no hardware: *GPUs*, *cards*, *TPUs*."""
    for span, surface, tagged in _spans(document, "hardware"):
        words = surface.lower().split()
        if all(word in words_of("nouns", "device") - _MAKES or word == "graphics" for word in words):
            yield span, f"{tagged}: expected the name of a device; a bare noun isn't tagged"


def brackets_are_balanced(document: Document) -> Iterator[Finding]:
    """A span holds both brackets of a pair or none."""
    for span, surface, tagged in _spans(document, *NORMALIZERS):
        for opening, closing in _BRACKETS:
            if surface.count(opening) != surface.count(closing):
                yield span, f"{tagged}: holds one of {opening} and {closing}: take both into the tags, or none"


def country_is_alone(document: Document) -> Iterator[Finding]:
    """A country is tagged without its town."""
    for span, surface, tagged in _spans(document, "country"):
        if "," in surface:
            yield span, f"{tagged}: expected the country alone: move what stands beside the comma outside of the tags"


def runs_are_numbered(document: Document) -> Iterator[Finding]:
    """The runs of a document are numbered from 1, without a gap."""
    numbers = document.run_numbers()
    missing = sorted(set(range(1, numbers[-1] + 1)) - set(numbers))
    if missing:
        span = next(span for span in document.spans if str(numbers[-1]) in (span.run or "").split(","))
        yield span, f"run {numbers[-1]} without a run {missing[0]}: number runs from 1 without a gap"


def values_are_readable(document: Document) -> Iterator[Finding]:
    """A normaliser finds a value in a surface with digits.

    Not in a bare number, whose unit is in the head of its table; in *3 nights*, which are no hours; nor in other
    languages and their letters.
    """
    for span, surface, tagged in _spans(document, *_NUMBER_LIKE):
        value = normalize(span.label, surface).as_dict()
        is_read = value["value"] is not None or value.get("low") is not None
        if not is_read and re.search("[0-9]", surface) and not _is_unreadable(surface):
            yield span, f"{tagged}: no value can be read from it"


def _is_unreadable(surface: str) -> bool:
    """Whether a surface with digits rightly states no value that a normaliser could read."""
    return bool(_CELL.fullmatch(surface) or _NO_HOURS.search(surface) or _OTHER_LANGUAGE.search(surface))


def mentions_are_tagged(document: Document) -> Iterator[Finding]:
    """What is tagged as a model once is tagged wherever it stands in prose."""
    for span in untagged_mentions(document, "model"):
        yield span, f"{document.surface(span)!r} is tagged as a model elsewhere in this document, but not here"


def ties_are_complete(document: Document) -> Iterator[Finding]:
    """Where spans are tied to runs, all of them are, but for totals and for the years of releases without a run."""
    tied = [span for span in document.spans if span.run is not None]
    years = {document.surface(span) for span in tied if span.label == "year"}
    for span, surface, tagged in _spans(document, *NORMALIZERS):
        of_no_run = span.label in _CAN_BE_A_TOTAL or (span.label == "year" and years and surface not in years)
        if tied and span.run is None and not of_no_run:
            yield span, f'{tagged}: tied to no run, others are: write run="…", or run="{ALL_RUNS}" for all'


def runs_have_one_value(document: Document) -> Iterator[Finding]:
    """A run has one value of a field."""
    for run in runs_of(document):
        for first, other in several_values(document, run.spans):
            one, two = document.surface(first), document.surface(other)
            yield other, f"run {run.number} has two values of {other.label}: {one!r} and {two!r}"


FAULTS: tuple[Rule, ...] = (
    year_is_four_digits,
    count_has_no_times,
    count_has_no_noun,
    params_have_a_number,
    params_are_not_approximate,
    training_has_no_bound,
    hardware_is_named,
    brackets_are_balanced,
    country_is_alone,
    runs_are_numbered,
)
WARNINGS: tuple[Rule, ...] = (
    training_holds_its_approximator,
    boundaries_are_whole,
    nothing_excluded_is_tagged,
    values_are_readable,
    mentions_are_tagged,
    ties_are_complete,
    runs_have_one_value,
)
