"""What the head of a card says to programs: the YAML that the hub reads."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huggingface_hub import DatasetCardData, EvalResult, ModelCardData
from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

from runspan.publish.hub.card_tables import read_rows
from runspan.publish.hub.facts import SCORES, TEST, Evaluation, Facts
from runspan.publish.hub.run_record import RunRecord

TASK = "token-classification"
LIBRARY = "transformers"
_TASK_NAME = "Named entity recognition"
_TAGS = ["runspan", "ner", "named-entity-recognition", "information-extraction", "training-compute"]
_NAMES = {"precision": "Precision", "recall": "Recall", "f1": "F1"}
_SEQEVAL = {"library": "seqeval", "mode": "strict", "scheme": "IOB2"}
_GRAMS = 1000
_CO2_SOURCE = "estimate of runspan: power of the device × hours × grid intensity of country and year"
_UP_TO = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


@dataclass(frozen=True, slots=True)
class Publication:
    """What the publisher decides.

    Attributes:
        repo_id: ``NAMESPACE/NAME``.
        license: Identifier of the hub.
        languages: Codes of the languages of the training documents.
        dataset_id: Hub id of the training documents, where they are published.
    """

    repo_id: str
    license: str
    languages: tuple[str, ...]
    dataset_id: str | None = None

    @property
    def name(self) -> str:
        """The name without its namespace."""
        return self.repo_id.partition("/")[2]


def model_metadata(
    publication: Publication, facts: Facts, record: RunRecord, evaluations: Sequence[Evaluation]
) -> ModelCardData:
    """The head of a model's card."""
    results = eval_results(publication, facts, evaluations)
    options: dict[str, Any] = {
        "base_model": base_model(facts),
        "datasets": [publication.dataset_id] if publication.dataset_id else None,
        "metrics": list(SCORES) if results else None,
        "co2_eq_emissions": _emissions(record),
    }
    if results:  # without results the library would write the name as a key of its own
        options |= {"model_name": publication.name, "eval_results": results}
    return ModelCardData(
        language=list(publication.languages),
        license=publication.license,
        library_name=LIBRARY,
        pipeline_tag=TASK,
        tags=_TAGS,
        widget=[{"text": row["text"], "example_title": row["title"]} for row in read_rows("widget_examples")],
        **{name: value for name, value in options.items() if value is not None},
    )


def dataset_metadata(publication: Publication, documents: Mapping[str, int]) -> DatasetCardData:
    """The head of a dataset's card: splits and their files.

    Args:
        publication: What the publisher decides.
        documents: Of each split.
    """
    return DatasetCardData(
        language=list(publication.languages),
        license=publication.license,
        task_categories=[TASK],
        task_ids=["named-entity-recognition"],
        size_categories=[_size(sum(documents.values()))],
        pretty_name=publication.name,
        tags=_TAGS,
        configs=[
            {
                "config_name": "default",
                "data_files": [{"split": split, "path": f"data/{split}.parquet"} for split in documents],
            }
        ],
    )


def base_model(facts: Facts) -> str | None:
    """Hub id of the encoder that training started from; ``None`` where it was a folder."""
    name = str(facts.arguments.get("model_name_or_path") or "").partition("@")[0]
    return name if is_hub_id(name) and not Path(name).exists() else None


def is_hub_id(name: str) -> bool:
    """Whether a name has the form ``NAMESPACE/NAME``.

    >>> is_hub_id("org/model-1.0"), is_hub_id("model"), is_hub_id("/x/"), is_hub_id("a/b--c")
    (True, False, False, False)
    """
    try:
        validate_repo_id(name)
    except HFValidationError:
        return False
    return name.count("/") == 1


def eval_results(publication: Publication, facts: Facts, evaluations: Sequence[Evaluation]) -> list[EvalResult]:
    """Scores for the index of models: of the test documents, and of the spans of each evaluation.

    The library groups results by the type of their dataset, so each has one of its own.
    """
    results: list[EvalResult] = []
    if facts.metrics:
        name = f"held-out documents of {facts.data_name}"
        place = publication.dataset_id or slug(facts.data_name)
        data = {"data_sha256": facts.run_config["data_sha256"]} if "data_sha256" in facts.run_config else None
        results += [_result(place, name, metric, facts.metrics[TEST][metric], _SEQEVAL, data) for metric in SCORES]
    for evaluation in (one for one in evaluations if "f1" in one.scores):
        place, name = f"evaluation-{slug(evaluation.name)}", evaluation.name
        how = {"mode": "strict", "approximators": evaluation.scores.get("approximators", "strict")}
        results += [_result(place, name, metric, evaluation.scores[metric], how) for metric in SCORES]
    return results


def slug(name: str) -> str:
    """A name that can stand for a dataset.

    >>> slug("data/seeds, My Notes")
    'data-seeds-my-notes'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "documents"


def _result(
    place: str, name: str, metric: str, value: float, how: Mapping[str, str], data: Mapping[str, str] | None = None
) -> EvalResult:
    """A score, with how it was computed and, where that is known, the hash of the documents."""
    return EvalResult(
        task_type=TASK,
        task_name=_TASK_NAME,
        dataset_type=place,
        dataset_name=name,
        dataset_split=TEST,
        dataset_args=None if data is None else dict(data),
        metric_type=metric,
        metric_name=f"{_NAMES[metric]} (entity level, {', '.join(f'{key} {what}' for key, what in how.items())})",
        metric_value=float(value),
        metric_args=dict(how),
    )


def _emissions(record: RunRecord) -> dict[str, Any] | None:
    """Grams of CO2 equivalent, and what they rest on; ``None`` where they could not be estimated."""
    if record.estimates.co2e_kg is None or record.country is None:
        return None
    return {
        "emissions": float(f"{record.estimates.co2e_kg.value * _GRAMS:.3g}"),
        "source": _CO2_SOURCE,
        "training_type": "fine-tuning",
        "geographical_location": record.country.name or "",
        "hardware_used": record.hardware or "",
    }


def _size(documents: int) -> str:
    """The hub's category of a number of documents.

    >>> _size(999), _size(1940)
    ('n<1K', '1K<n<10K')
    """
    return next((name for limit, name in _UP_TO if documents < limit), "n>1M")
