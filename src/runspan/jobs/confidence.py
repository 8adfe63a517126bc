"""How sure a model is: the calibrations that turn its scores into confidences, kept beside its weights."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from runspan.base.documents import Document
from runspan.base.errors import RunspanError
from runspan.base.records import FieldValue, Run
from runspan.modeling.calibration import Calibration


@dataclass(frozen=True, slots=True)
class Confidence:
    """The calibrations of a model, ``calibration.json`` of its folder; without one, scores stay as they are.

    Attributes:
        spans: For the scores of spans.
        fields: For the scores of the fields of runs.
    """

    spans: Calibration = field(default_factory=Calibration)
    fields: Calibration = field(default_factory=Calibration)

    FILE = "calibration.json"

    def of_spans(self, document: Document) -> Document:
        """A document whose predicted spans have confidences for scores."""
        spans = (replace(s, score=self.spans.confidence(s.score)) if s.score is not None else s for s in document.spans)
        return replace(document, spans=tuple(spans))

    def of_fields(self, runs: Iterable[Run]) -> list[Run]:
        """Runs whose fields have confidences for scores. What was inferred has been given its own, which stays."""

        def calibrated(field: FieldValue) -> FieldValue:
            return field if field.inferred_from else replace(field, score=self.fields.confidence(field.score))

        return [
            replace(run, fields={label: [*map(calibrated, found)] for label, found in run.fields.items()})
            for run in runs
        ]

    def save(self, folder: Path) -> None:
        """Write the calibrations into a model folder."""
        (folder / self.FILE).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Confidence":
        """The calibrations of a model folder.

        Raises:
            RunspanError: The file is not of its form.
        """
        file = folder / cls.FILE
        if not file.is_file():
            return cls()
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
            spans, fields = (
                Calibration(float(content[name]["temperature"]), float(content[name]["offset"]))
                for name in ("spans", "fields")
            )
            if min(spans.temperature, fields.temperature) <= 0:
                raise ValueError("a temperature is not above 0")
        except (KeyError, TypeError, ValueError) as error:
            raise RunspanError(
                f"{file}: not the calibration of a runspan model ({error!r}); expected a temperature above 0 and an "
                "offset for spans and for fields. Train the model anew, or delete the file to have bare scores"
            ) from error
        return cls(spans, fields)


def confident_runs(runs: Sequence[Run], least: float) -> list[Run]:
    """Runs without the fields whose confidence is below ``least``; those that have none left are left out."""
    kept = [
        replace(run, fields={label: [f for f in found if f.score >= least] for label, found in run.fields.items()})
        for run in runs
    ]
    return [run for run in kept if any(run.fields.values())]
