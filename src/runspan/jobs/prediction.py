"""Texts → windows → scores → spans → records."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from runspan.assembly.consistency import inconsistencies
from runspan.assembly.estimates import estimate_runs
from runspan.assembly.runs import assemble, unassigned_spans
from runspan.base.documents import Document
from runspan.base.errors import RunspanError
from runspan.base.labels import labels_of
from runspan.base.records import ReadDocument, Record, Run
from runspan.jobs.confidence import Confidence, confident_runs
from runspan.language.rules import apply_rules
from runspan.modeling.decoding import FloatArray, decode_spans
from runspan.modeling.encoder import load_model, load_tokenizer, model_tags, resolve_encoder
from runspan.modeling.encoding import Encoding, TextEncoder, cut_windows
from runspan.modeling.scoring import best_precision, score_documents

_ROOM_FOR_SPECIAL_TOKENS = 4
_CHARS_AT_ONCE = 200_000  # of the documents that are scored together


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """How a model's texts are cut; kept beside its weights as ``runspan.json``. Both in tokens."""

    max_length: int = 256
    stride: int = 64

    FILE = "runspan.json"

    def check(self, model: PreTrainedModel) -> None:
        """Raise :class:`RunspanError` where a model can't work with these settings."""
        limit = longest_window(model)
        if self.max_length > limit:
            raise RunspanError(f"max_length is {self.max_length}; the model takes at most {limit} tokens at once")
        if not 0 <= self.stride < self.max_length - _ROOM_FOR_SPECIAL_TOKENS:
            raise RunspanError(
                f"stride is {self.stride}; expected 0 or more, and less than max_length ({self.max_length}) "
                f"less {_ROOM_FOR_SPECIAL_TOKENS}"
            )

    def save(self, folder: Path) -> None:
        """Write the settings into a model folder."""
        (folder / self.FILE).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, model_limit: int) -> "WindowSettings":
        """The settings of a model folder; the defaults, within the model's limit, where it has none."""
        file = folder / cls.FILE
        if not file.is_file():
            return cls(max_length=min(cls().max_length, model_limit))
        try:
            settings = cls(**json.loads(file.read_text(encoding="utf-8")))
            return cls(int(settings.max_length), int(settings.stride))
        except (TypeError, ValueError) as error:
            raise RunspanError(
                f"{file}: not the settings of a runspan model ({error}); train the model anew"
            ) from error


def longest_window(model: PreTrainedModel) -> int:
    """Tokens that a model takes at once, special tokens included."""
    positions = getattr(model.config, "max_position_embeddings", None) or 512
    padding = getattr(model.config, "pad_token_id", None)
    offset = padding + 1 if padding is not None and model.config.model_type in _OFFSET_POSITIONS else 0
    return int(positions) - offset


_OFFSET_POSITIONS = frozenset({"roberta", "xlm-roberta", "camembert", "mpnet", "longformer"})


class Predictor:
    """A fine-tuned model that turns documents into records.

    Args:
        model: A token classifier with IOB2 tags, on the device where it is to run.
        tokenizer: Its fast tokenizer.
        settings: How texts are cut into windows.
        batch_size: Windows a batch.
        precision: ``fp32``, ``bf16`` or ``fp16``; the best that the device has by default.
        confidence: How its scores become confidences; by default they stay as they are.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        settings: WindowSettings,
        batch_size: int = 16,
        precision: str | None = None,
        confidence: Confidence | None = None,
    ) -> None:
        tags = model_tags(model.config)
        assert tags is not None, "the model has no IOB2 tags"
        settings.check(model)
        self.model, self.tags, self.labels = model, tags, labels_of(tags)
        self.encoder = TextEncoder(tokenizer)
        self.settings = settings
        self.batch_size = batch_size
        self.precision = precision or best_precision(model.device)
        self.confidence = confidence or Confidence()

    @classmethod
    def load(
        cls,
        name: str,
        device: str | None = None,
        batch_size: int = 16,
        precision: str | None = None,
        trust_remote_code: bool = False,
    ) -> "Predictor":
        """The predictor of a model folder or hub id, on ``device`` (a GPU where there is one, by default)."""
        folder = resolve_encoder(name)
        model = load_model(folder, trust_remote_code)
        place_model(model, device or best_device())
        tokenizer = load_tokenizer(folder, trust_remote_code)
        settings = WindowSettings.load(folder, longest_window(model))
        return cls(model, tokenizer, settings, batch_size, precision, Confidence.load(folder))

    @property
    def window_tokens(self) -> int:
        """Tokens of text that a window holds, without special tokens."""
        return self.settings.max_length - len(self.encoder.prefix) - len(self.encoder.suffix)

    def predict_spans(self, documents: Sequence[Document]) -> list[Document]:
        """Documents with the spans that the model finds in them, in order."""
        return [document for document, _ in self._predict(documents)]

    def score(self, document: Document) -> tuple[Encoding, FloatArray]:
        """A document's tokens and words, and the log-probabilities of the words' tags, shape (words, tags)."""
        ((encoding, log_probs),) = self._score([document])
        return encoding, log_probs

    def _score(self, documents: Sequence[Document]) -> Iterator[tuple[Encoding, FloatArray]]:
        encodings = [self.encoder.encode(document.text) for document in documents]
        scores = score_documents(
            self.model,
            self.encoder,
            encodings,
            self.settings.max_length,
            self.settings.stride,
            self.batch_size,
            self.precision,
        )
        return zip(encodings, scores, strict=True)

    def _predict(self, documents: Sequence[Document]) -> Iterator[tuple[Document, Encoding]]:
        for document, (encoding, log_probs) in zip(documents, self._score(documents), strict=True):
            spans = decode_spans(log_probs, encoding.words, self.tags)
            found = Document(document.id, document.text, tuple(spans), document.source)
            yield self.confidence.of_spans(apply_rules(found)), encoding

    def predict(
        self, documents: Iterable[ReadDocument], world_average: bool = False, min_confidence: float = 0.0
    ) -> Iterator[Record]:
        """Records of documents, one each, in order; a document that could not be read keeps its error.

        Args:
            documents: What readers made of them.
            world_average: Estimate CO2e with the world's average grid where a run has no country.
            min_confidence: Fields of less confidence are left out of the runs, and counted in a warning; their spans
                stay, unassigned.
        """
        for chunk in _chunks(documents):
            predicted = iter(self._predict([read.document for read in chunk if read.error is None]))
            for read in chunk:
                if read.error is not None:
                    yield Record(read.document, self.labels, warnings=read.warnings, error=read.error)
                else:
                    yield self._record(*next(predicted), read.warnings, world_average, min_confidence)

    def _record(
        self,
        document: Document,
        encoding: Encoding,
        warnings: Sequence[str],
        world_average: bool,
        min_confidence: float,
    ) -> Record:
        tokens = len(encoding.input_ids)
        windows = len(cut_windows(tokens, self.window_tokens, self.settings.stride))
        assembled = self.confidence.of_fields(assemble(document)[0])
        runs = estimate_runs(confident_runs(assembled, min_confidence), world_average)
        left_out = _count_fields(assembled) - _count_fields(runs)
        unsure = [f"{left_out} field(s) left out: confidence below {min_confidence:g}"] if left_out else []
        warnings = (*warnings, *unsure, *inconsistencies(runs))
        return Record(document, self.labels, tokens, windows, runs, unassigned_spans(document, runs), warnings)


def _count_fields(runs: Iterable[Run]) -> int:
    return sum(len(found) for run in runs for found in run.fields.values())


def _chunks(documents: Iterable[ReadDocument]) -> Iterator[list[ReadDocument]]:
    """Documents in lists of some hundred thousand characters."""
    chunk: list[ReadDocument] = []
    chars = 0
    for read in documents:
        chunk.append(read)
        chars += len(read.document.text)
        if chars >= _CHARS_AT_ONCE:
            yield chunk
            chunk, chars = [], 0
    if chunk:
        yield chunk


def place_model(model: PreTrainedModel, device: str) -> None:
    """Move a model to a device.

    Raises:
        RunspanError: There is no such device.
    """
    try:
        model.to(torch.device(device))  # type: ignore[arg-type]
    except (RuntimeError, AssertionError) as error:
        reason = str(error).strip().splitlines()[0]
        raise RunspanError(
            f"device {device!r} is not to be had ({reason}); expected cpu, cuda, cuda:N or mps"
        ) from error


def best_device() -> str:
    """``cuda`` or ``mps`` where there is one, else ``cpu``."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def describe_device(device: torch.device) -> dict[str, Any]:
    """Type and name of a device, for records and summaries."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    return {"type": device.type, "name": name, "threads": torch.get_num_threads() if device.type == "cpu" else None}
