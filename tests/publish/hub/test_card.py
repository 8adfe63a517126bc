"""The card: it says what was measured, and nothing else."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from runspan.base.documents import Document, Span
from runspan.base.errors import RunspanError
from runspan.base.records import Record
from runspan.base.values import Country
from runspan.jobs.span_scores import score_records
from runspan.publish.hub.card import write_model_card
from runspan.publish.hub.card_check import check_card, find_card_faults
from runspan.publish.hub.card_metadata import Publication, eval_results
from runspan.publish.hub.facts import Evaluation, Facts, read_evaluations, read_facts
from runspan.publish.hub.run_record import own_run
from runspan.publish.hub.staging import stage_model
from tests.publish.hub.trained_folder import METRICS, RUN_CONFIG

PUBLICATION = Publication("ada/m", "apache-2.0", ("en",))


@pytest.fixture
def staged(trained_dir: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "staged"
    folder.mkdir()
    stage_model(trained_dir, folder)
    return folder


def card_of(facts: Facts, country: Country | None = None, evaluations: list[Evaluation] | None = None) -> str:
    evaluations = evaluations or []
    card = write_model_card(PUBLICATION, facts, own_run(facts, country), evaluations)
    check_card(card, eval_results(PUBLICATION, facts, evaluations))
    return card


def head_of(card: str) -> dict[str, Any]:
    head: dict[str, Any] = yaml.safe_load(card.split("---\n")[1])
    return head


def section(card: str, title: str) -> str:
    match = re.search(rf"^#+ {title}\n(.*?)(?=^#|\Z)", card, re.DOTALL | re.MULTILINE)
    assert match, title
    return match[1]


def test_the_head(staged: Path) -> None:
    head = head_of(card_of(read_facts(staged), Country("FR", "France")))
    (model,) = head.pop("model-index")
    assert [metric["value"] for metric in model["results"][0]["metrics"]] == [
        METRICS["test"][name] for name in ("precision", "recall", "f1")
    ]
    assert model["results"][0]["dataset"] == {
        "type": "data-seeds",
        "name": "held-out documents of data/seeds",
        "split": "test",
        "args": {"data_sha256": RUN_CONFIG["data_sha256"]},
    }
    assert head.pop("co2_eq_emissions")["geographical_location"] == "France"
    assert len(head.pop("widget")) == 4
    assert "ner" in head.pop("tags")
    assert head == {
        "language": ["en"],
        "license": "apache-2.0",
        "library_name": "transformers",
        "pipeline_tag": "token-classification",
        "base_model": "sentence-transformers/all-MiniLM-L6-v2",
        "metrics": ["precision", "recall", "f1"],
    }


def test_scores_and_data(staged: Path) -> None:
    card = card_of(read_facts(staged))
    assert "| `year` | 0.750 | 0.500 | 0.900 | 12 |" in section(card, "Scores")
    assert "| all | 0.654 | 0.898 | 0.757 | 40 |" in section(card, "Scores")
    assert "0.044 (0.201 without calibration), over 55 spans" in " ".join(section(card, "Confidence").split())
    assert "80 documents, with 10 more" in section(card, "Training")
    assert "35% of what it finds is wrong, and it misses 10%" in section(card, "Limits")
    assert "least well (F1 0.600)" in section(card, "Limits")
    assert all(f"| `{label}` |" in section(card, "What it finds") for label in read_facts(staged).labels)


def test_own_record_and_emissions(staged: Path) -> None:
    facts = read_facts(staged)
    record = own_run(facts, Country("FR", "France"))
    energy, co2e = record.estimates.energy_kwh, record.estimates.co2e_kg
    assert energy is not None
    assert co2e is not None
    assert energy.value == pytest.approx(2 * 2 * 12 / 1000)  # cores × hours × watts
    assert 0 < energy.low < energy.value < energy.high
    card = card_of(facts, Country("FR", "France"))
    told = section(card, "What its training took")
    assert "| hardware | 2 cores of AMD EPYC (no accelerator) |" in told
    assert "| training | 2 hours |" in told
    assert "| `processor_core_w` | 12 (3–30) |" in told
    assert head_of(card)["co2_eq_emissions"]["emissions"] == pytest.approx(co2e.value * 1000, rel=0.01)


ACCELERATOR = {"accelerator": "NVIDIA A100-SXM4-80GB", "accelerators": 4}


def test_emissions_of_accelerators(staged: Path) -> None:
    (staged / "run_config.yaml").write_text(yaml.safe_dump({**RUN_CONFIG, "machine": ACCELERATOR}))
    facts = read_facts(staged)
    energy = own_run(facts).estimates.energy_kwh
    assert energy is not None
    assert energy.value == pytest.approx(4 * 2 * 0.4)
    assert "| hardware | 4 × NVIDIA A100-SXM4-80GB |" in card_of(facts)


MISSING = [  # what is missing, and the sentence that says so
    ("metrics.json", "No scores were measured for this model."),
    ("metrics.json", "Energy and CO2e are not estimated: its time was not recorded."),
    ("run_config.yaml", "The settings of its training were not recorded."),
    ("run_config.yaml", "Energy and CO2e are not estimated: the power of its devices is not known."),
    ("calibration.json", "Scores of this model are not calibrated."),
    ("", "CO2e is not estimated: the country where it was trained was not given."),
    ("", "No datasheet was published with this model."),
    ("", "No other documents were scored for this card."),
]


@pytest.mark.parametrize(("file", "sentence"), MISSING)
def test_what_was_not_measured_is_said(staged: Path, file: str, sentence: str) -> None:
    if file:
        (staged / file).unlink()
    assert sentence in card_of(read_facts(staged))


def test_evaluations(staged: Path, tmp_path: Path) -> None:
    documents = [Document(str(i), "in 2019 and 2020", (Span(3, 7, "year"),)) for i in range(3)]
    records = [Record(document, ("year",)).as_dict() for document in documents[:2]]
    (tmp_path / "cards.json").write_text(json.dumps(score_records(documents, records)))
    evaluations = read_evaluations([f"real cards={tmp_path / 'cards.json'}"])
    card = card_of(read_facts(staged), evaluations=evaluations)
    assert re.search(
        r"\| real cards \| 3 \| spans, strict \| 1\.000 \| 0\.667 \| 0\.800 \| 0\.\d+–1\.000 \|",
        section(card, "Documents of other kinds"),
    )
    results = head_of(card)["model-index"][0]["results"]
    assert results[1]["dataset"]["type"] == "evaluation-real-cards"
    assert results[1]["metrics"][2]["value"] == 0.8


@pytest.mark.parametrize("arguments", [["nowhere.json"], ["pyproject.toml"], ["a=x.json", "a=x.json"]])
def test_evaluations_that_are_none(arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text("[project]\n")
    Path("x.json").write_text('{"f1": 1.0}')
    with pytest.raises(RunspanError):
        read_evaluations(arguments)


def test_an_encoder_in_a_folder_is_no_hub_id(staged: Path) -> None:
    arguments = {**RUN_CONFIG["arguments"], "model_name_or_path": "my_encoder"}
    (staged / "run_config.yaml").write_text(yaml.safe_dump({**RUN_CONFIG, "arguments": arguments}))
    card = card_of(read_facts(staged))
    assert "base_model" not in head_of(card)
    assert r"an encoder in a folder of the publisher's own (my\_encoder)" in card


def replaced(old: str, new: str) -> Callable[[str], str]:
    def edit(card: str) -> str:
        assert old in card
        return card.replace(old, new, 1)

    return edit


FAULTS: list[tuple[Callable[[str], str], str]] = [
    (replaced("license: apache-2.0", "license: gpl-2.0-or-later"), "license is 'gpl-2.0-or-later'"),
    (replaced("- en\n", "- no\n"), "language has False"),
    (replaced("- en\n", "- xx\n"), "language has 'xx'"),
    (replaced("library_name: transformers\n", ""), "library_name is None"),
    (replaced("token-classification\n", "text-classification\n"), "pipeline_tag is 'text-classification'"),
    (replaced("base_model: sentence-transformers/all-MiniLM-L6-v2", "base_model: /tmp/x"), "'/tmp/x' is no hub id"),
    (replaced("- ner\n", "- null\n"), "tags is"),
    (replaced("metrics:\n- precision", "metrics:\n- bleu"), "metrics is"),
    (replaced("value: 0.75", "value: 0.76"), "0.7567567567567568 was measured"),
    (replaced("value: 0.7567567567567568", "value: .nan"), "expected a number from 0 to 1"),
    (replaced("type: data-seeds", "type: null"), "a part of its dataset is no text"),
    (replaced("example_title:", "title:"), "widget is no list"),
    (replaced("license: apache-2.0", "license: apache-2.0\nlicense: mit"), "'license' stands twice"),
    (replaced("license: apache-2.0", "license: [unclosed"), "its head is no YAML"),
    (replaced("---\n", "\ufeff---\n"), "does not begin with a head"),
    (replaced("## Limits", "## More\n\n[More Information Needed]"), "its text holds 'More Information Needed'"),
    (replaced("## Limits", "{{ limits }}"), "its text holds '{{'"),
]


@pytest.mark.parametrize(("edit", "said"), FAULTS)
def test_faults(staged: Path, edit: Callable[[str], str], said: str) -> None:
    facts = read_facts(staged)
    measured = eval_results(PUBLICATION, facts, [])
    card = card_of(facts)
    assert find_card_faults(card, measured) == []
    assert any(said in fault for fault in find_card_faults(edit(card), measured))
    with pytest.raises(RunspanError, match="the card is invalid, so nothing is published"):
        check_card(edit(card), measured)


def test_a_score_that_was_not_measured_is_a_fault(staged: Path) -> None:
    card = card_of(read_facts(staged))
    assert any("but None was measured" in fault for fault in find_card_faults(card, []))


@pytest.mark.parametrize("content", ["{", "[]", '{"test": {"f1": "good"}}', '{"test": {}}'])
def test_metrics_that_are_none(staged: Path, content: str) -> None:
    (staged / "metrics.json").write_text(content)
    with pytest.raises(RunspanError, match=r"metrics\.json"):
        read_facts(staged)


def test_labels_of_ones_own(trained_dir: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(trained_dir, tmp_path / "own"))
    config = json.loads((folder / "config.json").read_text())
    config["id2label"] = {"0": "O", "1": "B-budget", "2": "I-budget"}
    (folder / "config.json").write_text(json.dumps(config))
    assert "| `budget` | a label of the publisher's own |" in card_of(read_facts(folder))
