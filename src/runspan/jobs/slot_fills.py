"""What fills the slots of a run, and when two fills say the same.

The terms are those of template filling (N. Chinchor, *MUC-4 Evaluation Metrics*, 1992): a run is a template, each label
is a slot of it, what stands in a slot is a fill.

=============  =========================================================================
slot           two fills say the same
=============  =========================================================================
model          the same name, whatever its case and markup
params         at most 1% between the numbers, or between both ends of two ranges
gpu_count      the same number, or the same two ends of a range
hardware       the same device family; memory and form factor make no difference
training       at most 5% between the hours, both of the clock or both of accelerators
country        the same country; a run's countries are one slot and compared as a set
year           the same year, or the same two ends of a range
=============  =========================================================================

Differences are relative to the larger number. Whatever the values, fills with the same text say the same: the bare
``6.13`` of a table states no hours by itself, and only who reads the head of its column knows them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from runspan.base.labels import LABELS
from runspan.base.records import LIST_LABELS
from runspan.language.normalize import normalize
from runspan.language.normalize.cleaning import fold

_TOLERANCE = {"params": 0.01, "training": 0.05}


@dataclass(frozen=True, slots=True)
class Fill:
    """One value of a slot in comparable form.

    Attributes:
        name: What must be the same: a name, device family or country code, or what hours are of; ``None`` where the
            value has no such part or could not be read.
        numbers: What may differ by the slot's tolerance: one number, or the two ends of a range; none where the value
            is a name or could not be read.
        text: Its characters without markup, in small letters, on one line.
    """

    name: str | None
    numbers: tuple[float, ...]
    text: str


Slots: TypeAlias = Mapping[str, tuple[Fill, ...]]
"""The filled slots of a run in order of :data:`LABELS`. Of a true run, any of several fills is right, except that
countries are one fill together."""


def slots_of_run(run: Mapping[str, Any]) -> Slots:
    """The filled slots of a run as a record has it.

    Values that were inferred are left out: what is true here is what the text states, and neither confirms nor refutes
    them. A value that could not be read fills its slot with its text.

    >>> list(slots_of_run({"year": {"value": 2020, "text": "2020"}, "params": None, "country": []}))
    ['year']
    """
    slots = {}
    for label in LABELS:
        found = run.get(label) or ()
        fields = found if isinstance(found, list) else [found]
        fills = tuple(_fill_of(field) for field in fields if field and not field.get("inferred_from"))
        if fills:
            slots[label] = fills
    return slots


def fill_of_surface(label: str, surface: str) -> Fill:
    """What a surface of the text fills a slot with.

    >>> fill_of_surface("params", "**1.3B** Parameters")
    Fill(name=None, numbers=(1300000000,), text='1.3b parameters')
    >>> fill_of_surface("training", "30 V100-days")
    Fill(name='accelerator_hours', numbers=(720.0,), text='30 v100-days')
    """
    return _fill_of({**normalize(label, surface).as_dict(), "text": surface})


def matching_slots(true: Slots, predicted: Slots) -> frozenset[str]:
    """Labels of the slots that both runs fill with the same.

    >>> eight, ten = ({"gpu_count": (fill_of_surface("gpu_count", text),)} for text in ("8", "10"))
    >>> matching_slots(eight, eight), matching_slots(eight, ten)
    (frozenset({'gpu_count'}), frozenset())
    """
    return frozenset(label for label in true if label in predicted and _is_same(label, true[label], predicted[label]))


def _fill_of(field: Mapping[str, Any]) -> Fill:
    value = field.get("value")
    numbers = (field.get("low"), field.get("high")) if value is None else (value,)
    return Fill(
        name=_plain(value) if isinstance(value, str) else field.get("basis"),
        numbers=tuple(number for number in numbers if isinstance(number, int | float)),
        text=_plain(field.get("text") or ""),
    )


def _plain(text: str) -> str:
    """A text without markup, in small letters, on one line; one that is too long for a value only in small letters."""
    return (fold(text) or " ".join(text.split())).casefold()


def _is_same(label: str, true: Sequence[Fill], predicted: Sequence[Fill]) -> bool:
    if label in LIST_LABELS:
        return all(any(_says_same(label, one, other) for other in true) for one in predicted) and all(
            any(_says_same(label, one, other) for other in predicted) for one in true
        )
    return any(_says_same(label, one, other) for one in true for other in predicted)


def _says_same(label: str, one: Fill, other: Fill) -> bool:
    if one.text and one.text == other.text:
        return True
    if one.name != other.name or len(one.numbers) != len(other.numbers) or not (one.name or one.numbers):
        return False
    tolerance = _TOLERANCE.get(label, 0.0)
    return all(math.isclose(a, b, rel_tol=tolerance) for a, b in zip(one.numbers, other.numbers, strict=True))
