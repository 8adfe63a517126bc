"""Checks a card before anything is sent: what the hub would refuse, and what it would take and misread.

The hub's rules are those of its model card specification, as far as they can be checked without it: whether a base
model or a data set exists, only the hub knows.
"""

import math
import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any

import yaml
from huggingface_hub import DatasetCard, EvalResult, ModelCard

from runspan.base.errors import RunspanError
from runspan.publish.hub.card_metadata import LIBRARY, TASK, is_hub_id
from runspan.publish.hub.card_tables import languages, licenses
from runspan.publish.hub.facts import SCORES

_HEAD = re.compile(r"---\n(.*?)\n---\n", re.DOTALL)
_THREE_LETTERS = re.compile(r"[a-z]{3}")  # ISO 639-2 and 639-3: the hub knows which there are
_PLACEHOLDERS = re.compile(r"(?i:more information needed)|\bTODO\b|\{\{|\{%|\bNone\b|\bnan\b")
_COUNT = 3  # faults that a message names
Head = Mapping[str, Any]


def check_card(card: str, measured: list[EvalResult] | None = None, *, is_dataset: bool = False) -> None:
    """Make sure that a card is valid and says what was measured.

    Args:
        card: Head and body.
        measured: The scores that its index of models must have, no more and no fewer; ``None`` for no such check.
        is_dataset: Whether it is the card of a dataset.

    Raises:
        RunspanError: It is not; the message names the first faults.
    """
    faults = find_card_faults(card, measured, is_dataset=is_dataset)
    if faults:
        more = f"; and {len(faults) - _COUNT} more" if len(faults) > _COUNT else ""
        raise RunspanError(f"the card is invalid, so nothing is published: {'; '.join(faults[:_COUNT])}{more}")


def find_card_faults(card: str, measured: list[EvalResult] | None = None, *, is_dataset: bool = False) -> list[str]:
    """What is wrong with a card; the arguments are those of :func:`check_card`."""
    match = _HEAD.match(card)
    if match is None:
        return ["it does not begin with a head between two lines of ---"]
    try:
        head = yaml.load(match[1], _OneOfEachKey)
    except yaml.YAMLError as error:
        return [f"its head is no YAML ({' '.join(str(error).split())})"]
    if not isinstance(head, dict):
        return ["its head is no mapping"]
    shapes = _DATASET_SHAPES if is_dataset else _MODEL_SHAPES
    faults = [fault for check in (*_SHAPES, *shapes) for fault in check(head)]
    faults += [f"its text holds {found!r}" for found in sorted(set(_PLACEHOLDERS.findall(card[match.end() :])))]
    if measured is not None:
        faults += _other_than_measured(head, measured)
    return faults or _round_trip(card, head, is_dataset)


class _OneOfEachKey(yaml.SafeLoader):
    """A loader that refuses a key that stands twice: the last one would win, silently."""


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise yaml.constructor.ConstructorError(None, None, f"{sorted(twice)[0]!r} stands twice", node.start_mark)
    return loader.construct_mapping(node, deep=True)


_OneOfEachKey.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def _check_license(head: Head) -> Iterator[str]:
    if head.get("license") not in licenses():
        yield f"license is {head.get('license')!r}, expected an identifier that the hub knows (apache-2.0, mit, …)"


def _check_languages(head: Head) -> Iterator[str]:
    codes = head.get("language")
    if not isinstance(codes, list) or not codes:
        yield f"language is {codes!r}, expected a list of codes"
        return
    for code in codes:
        if not isinstance(code, str) or not (code in languages() or _THREE_LETTERS.fullmatch(code)):
            yield f"language has {code!r}, expected a code of ISO 639 (en, fr, …)"


def _check_tags(head: Head) -> Iterator[str]:
    for name in ("tags", "metrics", "task_categories", "task_ids", "size_categories"):
        if not _is_list_of_text(head.get(name, [])):
            yield f"{name} is {head[name]!r}, expected a list of words"


def _check_nothing_empty(head: Head) -> Iterator[str]:
    yield from (f"{name} has no value" for name, value in head.items() if value is None or value == [])


def _check_task(head: Head) -> Iterator[str]:
    for name, expected in (("library_name", LIBRARY), ("pipeline_tag", TASK)):
        if head.get(name) != expected:
            yield f"{name} is {head.get(name)!r}, expected {expected!r}"


def _check_ids(head: Head) -> Iterator[str]:
    ids = [head["base_model"]] if "base_model" in head else []
    found = head.get("datasets", [])
    for name in (*ids, *(found if isinstance(found, list) else [found])):
        if not isinstance(name, str) or not is_hub_id(name):
            yield f"{name!r} is no hub id, expected NAMESPACE/NAME"


def _check_metrics(head: Head) -> Iterator[str]:
    if not set(head.get("metrics", [])) <= {*SCORES, "accuracy"}:
        yield f"metrics is {head['metrics']!r}, expected some of {', '.join(SCORES)}"


def _check_widget(head: Head) -> Iterator[str]:
    widget = head.get("widget", [])
    if not isinstance(widget, list) or not all(
        isinstance(one, dict) and _is_text(one.get("text")) and _is_text(one.get("example_title")) for one in widget
    ):
        yield "widget is no list of examples with text and example_title"


def _check_emissions(head: Head) -> Iterator[str]:
    if "co2_eq_emissions" not in head:
        return
    found = head["co2_eq_emissions"]
    if not isinstance(found, dict) or not _is_number(found.get("emissions")) or found["emissions"] < 0:
        yield "co2_eq_emissions has no emissions in grams"
    elif not all(_is_text(value) for name, value in found.items() if name != "emissions"):
        yield "co2_eq_emissions has a part that is no text"


def _check_index(head: Head) -> Iterator[str]:
    if "model-index" not in head:
        return
    index = head["model-index"]
    if not isinstance(index, list) or len(index) != 1 or not isinstance(index[0], dict):
        yield "model-index is no list of one model"
        return
    if not _is_text(index[0].get("name")) or not isinstance(index[0].get("results"), list) or not index[0]["results"]:
        yield "model-index lacks the model's name or its results"
        return
    for i, result in enumerate(index[0]["results"]):
        yield from _result_faults(f"model-index result {i + 1}", result)


def _result_faults(where: str, result: Any) -> Iterator[str]:
    parts = {name: result.get(name) if isinstance(result, dict) else None for name in ("task", "dataset", "metrics")}
    if not isinstance(parts["task"], dict) or parts["task"].get("type") != TASK:
        yield f"{where}: its task is not {TASK}"
    dataset = parts["dataset"]
    if not isinstance(dataset, dict) or not {"type", "name"} <= set(dataset):
        yield f"{where}: its dataset lacks type or name"
    elif not all(_is_text(value) for name, value in dataset.items() if name != "args"):
        yield f"{where}: a part of its dataset is no text"
    if not isinstance(parts["metrics"], list) or not parts["metrics"]:
        yield f"{where}: has no metrics"
        return
    for metric in parts["metrics"]:
        if not _is_text(metric.get("type")):
            yield f"{where}: a metric has no type"
        if not _is_number(metric.get("value")) or not 0 <= metric["value"] <= 1:
            yield f"{where}: {metric.get('type')} is {metric.get('value')!r}, expected a number from 0 to 1"


def _check_configs(head: Head) -> Iterator[str]:
    configs = head.get("configs")
    files = configs[0].get("data_files") if isinstance(configs, list) and configs else None
    if not isinstance(files, list) or not all(
        _is_text(one.get("split")) and _is_text(one.get("path")) for one in files
    ):
        yield "configs does not say which file holds which split"


Check = Callable[[Head], Iterator[str]]
_SHAPES: tuple[Check, ...] = (_check_license, _check_languages, _check_tags, _check_nothing_empty)
_MODEL_SHAPES: tuple[Check, ...] = (
    _check_task,
    _check_ids,
    _check_metrics,
    _check_widget,
    _check_emissions,
    _check_index,
)
_DATASET_SHAPES: tuple[Check, ...] = (_check_configs,)


def _other_than_measured(head: Head, measured: list[EvalResult]) -> Iterator[str]:
    """Scores of the head that are not those that were measured, to the last digit."""
    expected = {(one.dataset_type, one.metric_type): one.metric_value for one in measured}
    index = head.get("model-index") or [{}]
    found = {
        (result["dataset"].get("type"), metric.get("type")): metric.get("value")
        for result in index[0].get("results") or []
        if isinstance(result.get("dataset"), dict)
        for metric in result.get("metrics") or []
    }
    for place, metric in sorted(expected.keys() | found.keys(), key=str):
        told, was = found.get((place, metric)), expected.get((place, metric))
        if told != was:
            yield f"{metric} on {place} is {told}, but {was} was measured"


def _round_trip(card: str, head: Head, is_dataset: bool) -> list[str]:
    """Whether the library reads the head as it stands, and writes it back."""
    kind = DatasetCard if is_dataset else ModelCard
    try:
        back = yaml.safe_load(kind(card).data.to_yaml())
    except (ValueError, TypeError, KeyError, yaml.YAMLError) as error:
        return [f"the hub's library can't read it ({' '.join(str(error).split())})"]
    changed = sorted(name for name in {*head, *back} if head.get(name) != back.get(name))
    return [f"the hub's library reads {name} as another value" for name in changed]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_list_of_text(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
