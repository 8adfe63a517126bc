"""Fields of whole documents: what their records say, against what is true.

The value of a field is the main run's; where that is unknown, the first later run's that has one. Each document whose
field was annotated counts for two measures:

soft
    How much of what is true was found, and how near it was. Precision is 1 less the mean distance where there is both a
    true and a predicted value, recall the share of true values beside which there is a predicted one.
strict
    Precision is the share of predicted values that are right, recall the share of true values that were got right. A
    value where the document states none is wrong.

========================  ===============================================================  =========================
field                     distance, at most 1                                              right
========================  ===============================================================  =========================
year                      years between, by 5                                              the same year
country                   0 where the two share a country, else 1                          the same countries
hardware                  0 where the device is the same or the names are similar, else 1  the same device
gpu_count                 relative: difference by the larger                               the same number
training_hours            relative                                                         within 10%
parameter_count           relative                                                         within 5%
========================  ===============================================================  =========================

Names are similar when ``difflib`` finds 60% of their characters in common; :func:`device_of` says what the same device
is. Hours are compared as the record gives them, of the clock or of accelerators. The macro score is the mean F1 of all
six fields.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

import numpy as np
import numpy.typing as npt

from runspan.jobs import bootstrap
from runspan.jobs.field_truth import FIELDS, FieldTruth
from runspan.jobs.ratios import Numbers, harmonic_mean, precision_recall_f1, share

_TRUE, _PREDICTED, _BOTH, _DISTANCE, _CORRECT = range(5)  # what is counted
_MEASURES = ("soft", "strict")
_YEARS_APART = 5
_SIMILAR = 0.6
_TOLERANCE = {"gpu_count": 1e-9, "training_hours": 0.10, "parameter_count": 0.05}

_DEVICES = re.compile(
    "|".join(
        (
            r"tpu ?v\d[pei]?",
            r"\b[ahvpb]\d{2,3}\b",  # A100, H100, V100, P40, B200
            r"\bt4\b",
            r"\bk[48]0\b",
            r"\ba[456]000\b",
            r"titan ?\w*",
            r"\b[1-5]0[5-9]0",  # GeForce: 1080, 2080, 3090
            r"volta",
            r"\bi\d \d{4}\w*",  # Intel Core: i7 7700K
        )
    )
)
_TI = re.compile(r"\bti\b|\dti\b")
_SAME_DEVICE = {"volta": "v100"}


def score_fields(truths: Sequence[FieldTruth], records: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Scores of the fields of at least one document, matched by id.

    A document without a record counts as one about which nothing was found.

    Returns:
        ``soft`` and ``strict``, each with ``macro_f1, macro_f1_interval`` and ``per_field``, which has ``precision,
        recall, f1, f1_interval, correct, predicted, support`` of each field (soft: ``found``, the true values beside
        which there is a predicted one, for ``correct``); ``documents``, their number, and ``missing``, the ids of those
        without a record. An interval is two numbers (see :mod:`runspan.jobs.bootstrap`); a resample in which a field
        has neither a true nor a predicted value doesn't count for it.
    """
    by_id = {record["id"]: record for record in records}
    counts = np.array([_count(truth, by_id.get(truth.id, {})) for truth in truths], dtype=np.float64)
    total, drawn = counts.sum(axis=0), bootstrap.resampled_sums(counts)
    return {
        **{measure: _scores(measure, total, drawn) for measure in _MEASURES},
        "documents": len(truths),
        "missing": [truth.id for truth in truths if truth.id not in by_id],
    }


def field_value(record: Mapping[str, Any], field: str) -> Any:
    """The value of one of :data:`FIELDS` in a record: of the first run that has one. Countries are a frozen set.

    >>> runs = [{"year": None, "country": []}, {"year": {"value": 2020}, "country": [{"value": "FR"}]}]
    >>> field_value({"runs": runs}, "year"), field_value({"runs": runs}, "country"), field_value({"runs": []}, "year")
    (2020, frozenset({'FR'}), None)
    """
    for run in record.get("runs") or ():
        found = run.get(FIELDS[field])
        stated = [value["value"] for value in (found if isinstance(found, list) else [found]) if _is_stated(value)]
        if stated:
            return frozenset(stated) if field == "country" else stated[0]
    return None


def _is_stated(value: Mapping[str, Any] | None) -> bool:
    return value is not None and value.get("value") is not None


def device_of(name: str) -> str:
    """The device that a name means, as a short key: its model number, wherever vendor and series stand.

    A name may be of a whole machine; the device that it names first counts. Memory, form factor and variants other
    than *Ti* make no difference. A name without a known number stands for itself, in small letters and without signs.

    >>> device_of("V100"), device_of("NVIDIA Tesla V100-SXM2 GPU"), device_of("GeForce RTX 2080 Ti")
    ('v100', 'v100', '2080ti')
    >>> device_of("Intel Core i7-7700K and a GTX 1080"), device_of("GeForce GTX 970")
    ('i77700k', 'geforce gtx 970')
    """
    line = re.sub(r"[-_/]", " ", name.lower())
    found = _DEVICES.search(line)
    if not found:
        return re.sub(r"\W+", " ", line).strip()
    key = found[0].replace(" ", "")
    if key.isdigit() and _TI.search(line):
        return f"{key}ti"
    return _SAME_DEVICE.get(key, key)


def compare_values(field: str, predicted: Any, true: Any) -> tuple[float, bool]:
    """Distance of a predicted value from the true one, and whether it is right.

    >>> compare_values("year", 2022, 2020), compare_values("training_hours", 95.0, 100.0)
    ((0.4, False), (0.05, True))
    """
    return _COMPARISONS.get(field, _compare_numbers)(field, predicted, true)


def _compare_years(_: str, predicted: Any, true: int) -> tuple[float, bool]:
    apart = abs(int(predicted) - true)
    return min(1.0, apart / _YEARS_APART), apart == 0


def _compare_countries(_: str, predicted: frozenset[str], true: frozenset[str]) -> tuple[float, bool]:
    return float(predicted.isdisjoint(true)), predicted == true


def _compare_hardware(_: str, predicted: str, true: str) -> tuple[float, bool]:
    same = device_of(predicted) == device_of(true)
    similar = same or SequenceMatcher(None, predicted.lower(), true.lower()).ratio() >= _SIMILAR
    return float(not similar), same


def _compare_numbers(field: str, predicted: float, true: float) -> tuple[float, bool]:
    distance = abs(predicted - true) / max(abs(predicted), abs(true), 1e-12)
    return min(1.0, distance), distance <= _TOLERANCE[field]


_COMPARISONS: dict[str, Callable[[str, Any, Any], tuple[float, bool]]] = {
    "year": _compare_years,
    "country": _compare_countries,
    "hardware": _compare_hardware,
}


def _count(truth: FieldTruth, record: Mapping[str, Any]) -> Numbers:
    """True, predicted, both, their distance, and right, a row a field."""
    counts = np.zeros((len(FIELDS), 5))
    for row, field in zip(counts, FIELDS, strict=True):
        if field not in truth.values:
            continue
        true, predicted = truth.values[field], field_value(record, field)
        row[_TRUE], row[_PREDICTED] = true is not None, predicted is not None
        if true is not None and predicted is not None:
            row[_BOTH] = 1
            row[_DISTANCE], row[_CORRECT] = compare_values(field, predicted, true)
    return counts


def _precision_recall_f1(measure: str, counts: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Scores by a measure, the last axis of the counts taken in."""
    if measure == "strict":
        return precision_recall_f1(counts[..., _CORRECT], counts[..., _PREDICTED], counts[..., _TRUE])
    precision = share(counts[..., _BOTH] - counts[..., _DISTANCE], counts[..., _BOTH])
    recall = share(counts[..., _BOTH], counts[..., _TRUE])
    return precision, recall, harmonic_mean(precision, recall)


def _scores(measure: str, total: Numbers, drawn: Numbers) -> dict[str, Any]:
    """Scores by a measure of all documents, with intervals from those that were drawn."""
    scores = _precision_recall_f1(measure, total)
    f1 = np.where(_anything(drawn), _precision_recall_f1(measure, drawn)[2], np.nan)
    correct = {"soft": ("found", _BOTH), "strict": ("correct", _CORRECT)}[measure]
    per_field = {
        field: {
            **{key: float(score[i]) for key, score in zip(("precision", "recall", "f1"), scores, strict=True)},
            "f1_interval": bootstrap.interval(f1[:, i]),
            **{key: int(total[i, k]) for key, k in (correct, ("predicted", _PREDICTED), ("support", _TRUE))},
        }
        for i, field in enumerate(FIELDS)
    }
    macro = {"macro_f1": float(scores[2].mean()), "macro_f1_interval": bootstrap.interval(_macro(f1, total))}
    return {**macro, "per_field": per_field}


def _macro(f1: Numbers, total: Numbers) -> Numbers:
    """Mean F1 of the fields in each resample, of those that have a value there; a field that never has one is 0."""
    present = _anything(total)
    means = np.ma.masked_invalid(f1[:, present]).mean(axis=1)
    return np.asarray(np.ma.filled(means, np.nan) * present.mean(), dtype=np.float64)


def _anything(counts: Numbers) -> npt.NDArray[np.bool_]:
    """Whether a field has a true or a predicted value."""
    return counts[..., _TRUE] + counts[..., _PREDICTED] > 0
