"""Predicted spans → spans whose boundaries keep the conventions of tagging.

A model that has found a value is often one word short of its end or one too far. Where the conventions leave no choice,
the text decides: a name ends where its hyphens end, a number is not cut at its decimal point, a bracket comes with its
partner, a count goes without its *x*, and *about* belongs to a duration and not to a number of parameters.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from runspan.base.documents import Document, Span
from runspan.base.words import split_words

_Range: TypeAlias = tuple[int, int]
_Rule: TypeAlias = Callable[[str, int, int, int, int], _Range]  # text, start, end, and how far the rule may reach

APPROXIMATOR = r"(?:approximately|approx\.?|about|around|roughly|circa|[~≈∼])"
_BEFORE_A_DURATION = re.compile(r"(?:(?<![\w-])(?:approximately|about|around|roughly)\s{1,2}|[~≈∼]\s?)\Z", re.I)
_BEFORE_A_NUMBER = re.compile(rf"(?:{APPROXIMATOR}|only|over|up to|just|nearly|almost|some)(?![\w-])\s*|[~≈∼]\s*", re.I)
_BOUND_OF_A_DURATION = re.compile(
    r"(?:only|over|up to|just|nearly|almost|less than|more than|total(?:l?ing)?|took|takes|for|in|of)\b\s*", re.I
)
_TIMES_AT_AN_END = re.compile(r"(?<=[0-9])\s*[x×]\Z|(?<=[0-9])\s*[x×]\s*(?=[^\s0-9])", re.I)
_DEVICE_NOUNS = re.compile(r" (?:GPUs?|graphics cards?|cards?|accelerators?|chips?)(?![\w-])", re.I)
_OF_DEVICE_HOURS = re.compile(r"[\s-]+(?:hours?|days?|hrs?|months?|years?|nodes?|memory|RAM)\b", re.I)
_PARAMETERS = re.compile(
    r" (?:(?:trainable|total|learnable|model) )?(?:parameters|parameter|params|param)(?![\w-])", re.I
)
_NAME_BEFORE = re.compile(r"(?:\w+(?:[-_+]|(?<=[0-9])\.|\.(?=[0-9])))+\Z")
_NAME_AFTER = re.compile(r"(?:(?<=[-_+])\w+|(?<=[0-9]\.)\w+)?(?:[-_+]\w+|(?<=[0-9])\.\w+|\.[0-9]\w*)*\+{0,2}")
_NUMBER_BEFORE = re.compile(r"(?<![\w.,])[0-9]+(?:,[0-9]{3})*\.\Z|(?<![\w.,])[0-9]{1,3}(?:,[0-9]{3})*,\Z")
_NUMBER_AFTER = re.compile(r"(?<=[0-9])(?:,[0-9]{3}(?![0-9]))*(?:\.[0-9]\w*)?")
_UNIT = r"(?:hours?|hrs?|h|days?|d|weeks?|months?|minutes?|mins?|years?)(?![\w-])"
_DEVICE = r"(?:(?:GPU|TPU|NPU|DCU|XPU|device|chip|core|card|accelerator|node)s?[\s-])"
_NUMBER = r"(?:[0-9][0-9.,]*[kKM]?|half an?|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_ONLY_APPROXIMATE = re.compile(rf"(?:{APPROXIMATOR})\Z", re.I)
_ENDS_IN_NUMBER = re.compile(r"[0-9][kKM]?\Z")
_DURATION_AFTER = re.compile(rf"\s{{0,2}}{_NUMBER}[\s-]{{0,2}}{_DEVICE}?{_UNIT}", re.I)
_UNIT_AFTER = re.compile(rf"[ \xa0-]?{_DEVICE}?{_UNIT}", re.I)
_NUMBER_OF_DEVICE_HOURS = re.compile(r"(?<![\w.,-])[0-9][0-9.,]*[ ]?(?:[kKM]|million|thousand)?[ -]\Z")
_DEVICE_HOURS = re.compile(rf"[\s-]{_DEVICE}?(?:hours?|hrs?|days?)(?![\w-])", re.I)
_PLURAL = re.compile(r"['’]s(?!\w)")
_COUNTED = re.compile(r"[0-9]\s?[x×]?\s?\Z")
_LONGEST_NAME = 60  # characters
_LONGEST_LOOK_BACK = 20  # characters: the longest approximator and a space
_LONGEST_BRACKET = 24  # characters from a span's end to the bracket that closes it
_BRACKETS = {"(": ")", "[": "]"}


def mend_boundaries(document: Document) -> Document:
    """A document whose predicted spans begin and end where the conventions say; spans that meet become one.

    >>> text = "Foo-v1-7B-IT, approximately 1.5 million parameters, 8x A100 (80GB), about 3 days"
    >>> found = [("model", "Foo-v1"), ("params", "5 million"), ("gpu_count", "8x"), ("hardware", "A100 (80GB"),
    ...          ("training", "3 days")]
    >>> spans = [Span(text.index(part), text.index(part) + len(part), label) for label, part in found]
    >>> [document.surface(span) for document in [mend_boundaries(Document("a", text, tuple(spans)))]
    ...  for span in document.spans]
    ['Foo-v1-7B-IT', '1.5 million parameters', '8', 'A100 (80GB)', 'about 3 days']
    """
    document = _with_device_hours(document)
    words = split_words(document.text)
    starts, ends = {word.start for word in words}, {word.end for word in words}
    spans: list[Span] = []
    for i, span in enumerate(document.spans):
        low = max((other.end for other in spans[-1:] if other.label != span.label), default=0)
        following = (other.start for other in document.spans[i + 1 : i + 2] if other.label != span.label)
        start, end = _mend(document.text, span, low, next(following, len(document.text)))
        if start == end:
            continue  # nothing of a value is in it
        if start not in starts or end not in ends:
            start, end = span.start, span.end
        mended = replace(span, start=start, end=end)
        if spans and spans[-1].end > start:
            spans[-1] = _join(spans[-1], mended)
        else:
            spans.append(mended)
    return replace(document, spans=tuple(spans))


def _with_device_hours(document: Document) -> Document:
    """A device in a number of its hours, as in *2.7M H800 GPU hours*, is no hardware: all of it is one duration."""
    spans: list[Span] = []
    for span in document.spans:
        after = _DEVICE_HOURS.match(document.text, span.end) if span.label == "hardware" else None
        before = _NUMBER_OF_DEVICE_HOURS.search(document.text, max(0, span.start - _LONGEST_LOOK_BACK), span.start)
        if after and before and not (spans and spans[-1].start < before.start() < spans[-1].end):
            span = replace(span, start=before.start(), end=after.end(), label="training")
            spans = [other for other in spans if other.end <= span.start]
        if not (spans and spans[-1].end > span.start):
            spans.append(span)
    return replace(document, spans=tuple(spans))


def _join(first: Span, second: Span) -> Span:
    score = None if first.score is None or second.score is None else max(first.score, second.score)
    return replace(first, end=max(first.end, second.end), score=score)


def _mend(text: str, span: Span, low: int, high: int) -> _Range:
    """The range of a span after the rules of its label; they look no further than from ``low`` to ``high``."""
    start, end = span.start, span.end
    for rule in _RULES.get(span.label, ()):
        start, end = rule(text, start, end, low, high)
    return start, end


def _whole_name(text: str, start: int, end: int, low: int, high: int) -> _Range:
    """Extend over the parts that hyphens, underscores, plus signs and the dots of versions tie to a name."""
    before = _NAME_BEFORE.search(text, max(low, start - _LONGEST_NAME), start)
    after = _NAME_AFTER.match(text, end, high)
    return before.start() if before else start, after.end() if after else end


def _whole_number(text: str, start: int, end: int, low: int, high: int) -> _Range:
    """Extend over the digits that a decimal point or a thousands separator ties to a number."""
    before = _NUMBER_BEFORE.search(text, max(low, start - _LONGEST_LOOK_BACK), start)
    after = _NUMBER_AFTER.match(text, end, high)
    is_cut = before is not None and text[start : start + 1].isdigit()
    return before.start() if before and is_cut else start, after.end() if after else end


def _whole_brackets(text: str, start: int, end: int, low: int, high: int) -> _Range:
    """Take the closing bracket in, where it is near; else stop before the opening one."""
    for opening, closing in _BRACKETS.items():
        surface = text[start:end]
        if surface.count(opening) > surface.count(closing):
            rest = text[end : min(end + _LONGEST_BRACKET, high)]
            stop = rest.find(closing)
            if stop >= 0 and "\n" not in rest[:stop] and opening not in rest[:stop]:
                end += stop + 1
            else:
                end = start + len(surface[: surface.rindex(opening)].rstrip())
        elif surface.count(closing) > surface.count(opening) and surface.endswith(closing):
            end = start + len(surface[:-1].rstrip())
    return start, end


def _without(pattern: re.Pattern[str]) -> _Rule:
    def rule(text: str, start: int, end: int, low: int, high: int) -> _Range:
        match = pattern.match(text, start, end)
        return (match.end(), end) if match and match.end() < end else (start, end)

    return rule


def _with_approximator(text: str, start: int, end: int, low: int, high: int) -> _Range:
    match = _BEFORE_A_DURATION.search(text, max(low, start - _LONGEST_LOOK_BACK), start)
    return (match.start(), end) if match else (start, end)


def _whole_duration(text: str, start: int, end: int, low: int, high: int) -> _Range:
    """Extend from an approximator or a bare number to the unit that follows; nothing remains of a lone approximator."""
    if _ONLY_APPROXIMATE.match(text, start, end):
        match = _DURATION_AFTER.match(text, end, high)
        return start, match.end() if match else start
    match = _UNIT_AFTER.match(text, end, high) if _ENDS_IN_NUMBER.search(text, start, end) else None
    return start, match.end() if match else end


def _without_times(text: str, start: int, end: int, low: int, high: int) -> _Range:
    match = _TIMES_AT_AN_END.search(text, start, end)
    return (start, match.start()) if match else (start, end)


def _with_plural(text: str, start: int, end: int, low: int, high: int) -> _Range:
    """The *A100's* of *384 A100's* are several; one without a number has something."""
    is_counted = _COUNTED.search(text, max(0, start - _LONGEST_LOOK_BACK), start)
    match = _PLURAL.match(text, end, high) if is_counted else None
    return start, match.end() if match else end


def _with_noun(text: str, start: int, end: int, low: int, high: int) -> _Range:
    match = _DEVICE_NOUNS.match(text, end, high)
    if match and not _OF_DEVICE_HOURS.match(text, match.end()):
        end = match.end()
    return start, end


def _with_parameters(text: str, start: int, end: int, low: int, high: int) -> _Range:
    match = _PARAMETERS.match(text, end, high)
    return (start, match.end()) if match else (start, end)


_RULES: dict[str, Sequence[_Rule]] = {
    "model": (_whole_name, _whole_brackets),
    "params": (_without(_BEFORE_A_NUMBER), _whole_number, _with_parameters, _whole_brackets),
    "gpu_count": (_without_times, _whole_number),
    "hardware": (_whole_brackets, _with_plural, _with_noun),
    "training": (_without(_BOUND_OF_A_DURATION), _whole_number, _whole_duration, _with_approximator, _whole_brackets),
}
