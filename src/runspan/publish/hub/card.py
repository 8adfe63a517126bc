"""The card of a model: what was measured, put into the template beside this module."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runspan import __version__
from runspan.assembly.assumptions import meaning_of
from runspan.base.estimates import QUANTITIES, Interval
from runspan.jobs.bootstrap import LEVEL
from runspan.language.label_meanings import label_meanings
from runspan.publish.error_list import escape
from runspan.publish.hub.card_metadata import Publication, base_model, model_metadata
from runspan.publish.hub.card_tables import read_rows
from runspan.publish.hub.facts import TEST, Evaluation, Facts
from runspan.publish.hub.run_record import RunRecord
from runspan.publish.templates import NOTHING, interval_cell, render, score_cell

_SETTINGS = (
    "learning_rate",
    "head_learning_rate",
    "lr_scheduler_type",
    "warmup_steps",
    "num_train_epochs",
    "max_steps",
    "per_device_train_batch_size",
    "gradient_accumulation_steps",
    "optim",
    "weight_decay",
    "max_grad_norm",
    "label_smoothing_factor",
    "outside_weight",
    "ema_decay",
    "attention_dropout",
    "hidden_dropout",
    "freeze_embeddings",
    "freeze_layers",
    "max_length",
    "substitution_rate",
    "noise_rate",
    "paper_rate",
    "mixed_precision",
    "seed",
)
_UNITS = {  # of each estimate, and a smaller one for less than 1 of it
    "accelerator_hours": ("device hours", None),
    "energy_kwh": ("energy, kWh", "energy, Wh"),
    "co2e_kg": ("CO2e, kg", "CO2e, g"),
    "training_flop": ("FLOP", None),
}
_SMALLER = 1000
_FIGURES = {  # what an estimate looks up in a table, beside what it assumes
    "device": "what it ran on, one of them",
    "tdp_w": "its thermal design power, W",
    "peak_tflops": "its peak, 10¹² operations a second",
    "grid_g_per_kwh": "CO2e of a kWh of electricity, g",
    "grid_countries": "where the electricity came from",
    "grid_years": "years of the grid data",
}


def write_model_card(
    publication: Publication, facts: Facts, record: RunRecord, evaluations: Sequence[Evaluation]
) -> str:
    """The card of a model, head and body, in Markdown."""
    head = model_metadata(publication, facts, record, evaluations).to_yaml()
    return f"---\n{head}\n---\n\n{_body(publication, facts, record, evaluations)}"


def _body(publication: Publication, facts: Facts, record: RunRecord, evaluations: Sequence[Evaluation]) -> str:
    test = facts.metrics.get(TEST)
    base = base_model(facts)
    return render(
        __package__,
        "model_card.md.jinja",
        name=publication.name,
        repo_id=publication.repo_id,
        license=publication.license,
        dataset_id=publication.dataset_id,
        languages=", ".join(f"`{code}`" for code in publication.languages),
        version=(facts.run_config.get("versions") or {}).get("runspan", __version__),
        facts=facts,
        base=base,
        encoder=_encoder(facts, base),
        labels=[(label, label_meanings().get(label)) for label in facts.labels],
        example=read_rows("widget_examples")[0]["text"],
        data_name=_code(facts.data_name),
        documents=facts.metrics.get("documents") or {},
        test=test,
        test_rows=[(label, test["per_label"][label]) for label in facts.labels if label in test["per_label"]]
        if test
        else [],
        evaluations=[row for evaluation in evaluations for row in _evaluation_rows(evaluation)],
        level=LEVEL,
        calibration=_calibration(facts),
        settings=[(name, _cell(facts.arguments[name])) for name in _SETTINGS if _is_told(facts, name)],
        hardware=escape(record.hardware or "not recorded"),
        record=record,
        duration=_duration(record),
        estimates=_estimate_rows(record),
        missing=_missing(record),
        assumptions=list(_assumption_rows(record)),
        limits_of_scores=_limits_of_scores(test),
    )


def _encoder(facts: Facts, base: str | None) -> str:
    if base:
        return f"[{base}](https://huggingface.co/{base})"
    name = str(facts.arguments.get("model_name_or_path") or "")
    return f"an encoder in a folder of the publisher's own ({escape(name)})" if name else "an encoder not recorded"


def _evaluation_rows(evaluation: Evaluation) -> Iterator[dict[str, Any]]:
    """A row for each kind of score that an evaluation holds: spans, runs, fields of whole documents."""
    scores = evaluation.scores
    parts: list[tuple[str, Mapping[str, Any], int | None]] = []
    if "f1" in scores:
        parts.append(("spans, strict", scores, scores.get("documents")))
    if "records" in scores:
        records = scores["records"]
        parts.append(("slots of runs", records["slots"], records.get("documents")))
        parts.append(("whole runs, exact", records["exact"], records.get("documents")))
    if "fields" in scores:
        strict = scores["fields"]["strict"]
        macro = {"f1": strict["macro_f1"], "f1_interval": strict.get("macro_f1_interval")}
        parts.append(("document fields, strict, mean over fields", macro, scores["fields"].get("documents")))
    for what, row, documents in parts:
        yield {
            "name": escape(evaluation.name),
            "documents": NOTHING if documents is None else documents,
            "what": what,
            **{name: row.get(name) for name in ("precision", "recall", "f1")},
            "interval": interval_cell(row.get("f1_interval")),
        }


def _calibration(facts: Facts) -> dict[str, Any] | None:
    """Expected calibration errors of spans on the test documents."""
    measured = facts.metrics.get("calibration")
    if not measured or not facts.has_calibration:
        return None
    before, after = (measured[when]["spans"] for when in ("before", "after"))
    key = "expected_calibration_error"
    return {"before": before[key], "after": after[key], "findings": after["findings"]}


def _is_told(facts: Facts, name: str) -> bool:
    """Whether a setting was used. ``max_steps`` of -1 is the library's way to say no."""
    return facts.arguments.get(name) is not None and not (name == "max_steps" and facts.arguments[name] < 0)


def _duration(record: RunRecord) -> str:
    """Time by the clock, in minutes where that is shorter than two hours."""
    if record.hours is None:
        return "not recorded"
    return f"{_round(record.hours * 60)} minutes" if record.hours < 2 else f"{_round(record.hours)} hours"


def _estimate_rows(record: RunRecord) -> list[tuple[str, str]]:
    found = {name: getattr(record.estimates, name) for name in QUANTITIES}
    return [_estimate_row(name, interval) for name, interval in found.items() if interval is not None]


def _estimate_row(name: str, interval: Interval) -> tuple[str, str]:
    """An estimate in a unit that suits its size.

    >>> _estimate_row("energy_kwh", Interval(0.00285, 0.001, 0.02))
    ('energy, Wh', '2.85 (1–20)')
    """
    unit, smaller = _UNITS[name]
    return (
        (smaller, _between(interval.scaled(_SMALLER))) if smaller and interval.value < 1 else (unit, _between(interval))
    )


def _missing(record: RunRecord) -> list[str]:
    """Why an estimate is not there."""
    estimates = record.estimates
    if estimates.energy_kwh is None:
        why = "the power of its devices is not known" if record.hours is not None else "its time was not recorded"
        return [f"Energy and CO2e are not estimated: {why}."]
    if estimates.co2e_kg is None:
        why = (
            "the country where it was trained was not given"
            if record.country is None
            else "the year was not recorded"
            if record.year is None
            else "no grid data of the country is known"
        )
        return [f"CO2e is not estimated: {why}."]
    return []


def _assumption_rows(record: RunRecord) -> Iterator[tuple[str, str, str]]:
    for name, value in record.estimates.assumptions.items():
        text = _between(Interval(**value)) if isinstance(value, dict) else ""
        meaning = meaning_of(name) or _FIGURES.get(name)
        if isinstance(value, list):
            text = ", ".join(map(str, value))
        elif isinstance(value, str) and value != meaning:
            text = value
        yield name, escape(text), escape(meaning or "")


def _limits_of_scores(test: Mapping[str, Any] | None) -> list[str]:
    """How often it is wrong, and where most often, as measured."""
    if not test:
        return []
    spurious, missed = 1 - test["precision"], 1 - test["recall"]
    told = [f"On held-out documents {spurious:.0%} of what it finds is wrong, and it misses {missed:.0%} of the facts."]
    rows = {label: row["f1"] for label, row in test["per_label"].items() if row["support"]}
    if len(rows) > 1:
        worst = min(rows, key=lambda label: rows[label])
        told.append(f"Of its labels it finds `{worst}` least well (F1 {score_cell(rows[worst])}).")
    return told


def _between(interval: Interval) -> str:
    """A figure with its bounds.

    >>> _between(Interval(1.0, 0.5, 1.0)), _between(Interval(12.0, 12.0, 12.0))
    ('1 (0.5–1)', '12')
    """
    value, low, high = (_round(number) for number in (interval.value, interval.low, interval.high))
    return value if low == high else f"{value} ({low}–{high})"


def _round(number: float) -> str:
    """A number in three significant digits.

    >>> _round(427.5), _round(0.002849), _round(22713230.0), _round(3.1e21)
    ('428', '0.00285', '22,700,000', '3.1e+21')
    """
    rounded = float(f"{number:.3g}")
    return f"{rounded:,.0f}" if 1000 <= rounded < 1e12 else f"{rounded:g}"


def _cell(value: Any) -> str:
    return escape(str(value).lower() if isinstance(value, bool) else str(value))


def _code(name: str) -> str:
    r"""A name as it stands in running text.

    >>> _code("data/seeds")
    '`data/seeds`'
    """
    return f"`{' '.join(name.replace('`', ' ').split())}`"
