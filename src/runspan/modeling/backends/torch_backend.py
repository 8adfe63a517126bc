"""PyTorch: every device that it has, and every architecture of the model library."""

import logging
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import torch
from transformers import PreTrainedModel

from runspan.base.errors import RunspanError
from runspan.modeling.batches import Batch
from runspan.modeling.decoding import FloatArray, TagScores
from runspan.modeling.encoder import longest_window, model_tags

_log = logging.getLogger(__name__)
_DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16}


class TorchBackend:
    """A model of the model library, on the device where it is.

    Args:
        model: A token classifier with IOB2 tags.
        tokenizer: Its fast tokenizer.
        precision: ``fp32``, ``bf16`` or ``fp16``; the best that the device has by default.
    """

    name = "torch"

    def __init__(self, model: PreTrainedModel, tokenizer: Any, precision: str | None = None) -> None:
        tags = model_tags(model.config)
        assert tags is not None, "the model has no IOB2 tags"
        self.model, self.tokenizer, self.tags = model, tokenizer, tags
        self.longest_window = longest_window(model.config)
        self.precision = precision or best_precision(model.device)
        on_cpu = model.device.type == "cpu"
        self.batch_tokens = 4096 if on_cpu else 65536
        self.chunk_chars = 200_000 if on_cpu else 8_000_000
        self._most_tokens = sys.maxsize  # that fit on the device at once, as far as is known

    @property
    def device(self) -> str:
        """Where it runs, in words."""
        device = self.model.device
        return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type

    def score(self, batches: Sequence[Batch], words: int) -> TagScores:
        """Scores of ``words`` words; only the best tags and their probabilities leave the device unasked."""
        device = self.model.device
        log_probs = torch.zeros((words, len(self.tags)), dtype=torch.float32, device=device)
        was_training = self.model.training
        self.model.eval()
        with torch.inference_mode(), autocast(device, self.precision):
            for batch in batches:
                self._score_batch(batch, log_probs)
            best, tag_ids = log_probs.max(-1)
            probabilities = best.exp().cpu().numpy()
        self.model.train(was_training)
        return TagScores(tag_ids.cpu().numpy(), probabilities, _OnRequest(log_probs))

    def _score_batch(self, batch: Batch, log_probs: torch.Tensor) -> None:
        """Score a batch; in halves where the device has no room for all of it, and from then on."""
        rows = max(1, self._most_tokens // batch.input_ids.shape[1])
        if batch.windows > rows:
            for start in range(0, batch.windows, rows):
                self._score_batch(batch.part(start, start + rows), log_probs)
            return
        try:
            self._forward(batch, log_probs)
        except torch.OutOfMemoryError:
            if batch.windows == 1:
                raise
            self._most_tokens = batch.windows // 2 * batch.input_ids.shape[1]
            _log.warning("out of memory: batches have at most %s tokens from now on", self._most_tokens)
        else:
            return
        torch.cuda.empty_cache()  # outside of the handler, which holds what did not fit
        self._score_batch(batch, log_probs)

    def _forward(self, batch: Batch, log_probs: torch.Tensor) -> None:
        mask = self._to_device(batch.attention_mask) if batch.is_padded else None
        logits = self.model(input_ids=self._to_device(batch.input_ids), attention_mask=mask).logits
        wanted = logits.flatten(0, 1)[self._to_device(batch.positions)]
        log_probs[self._to_device(batch.words)] = wanted.float().log_softmax(-1)

    def _to_device(self, array: Any) -> torch.Tensor:
        tensor = torch.from_numpy(np.ascontiguousarray(array))
        if self.model.device.type != "cuda":
            return tensor.to(self.model.device)
        return tensor.pin_memory().to(self.model.device, non_blocking=True)


class _OnRequest:
    """Log-probabilities that leave the device, all at once, when they are first asked for."""

    def __init__(self, log_probs: torch.Tensor) -> None:
        self._log_probs = log_probs
        self._array: FloatArray | None = None

    def __call__(self, part: slice) -> FloatArray:
        if self._array is None:
            self._array = self._log_probs.cpu().numpy()
        return self._array[part]


def autocast(device: torch.device, precision: str) -> AbstractContextManager[Any]:
    """Context of a forward pass in ``precision`` (``fp32``, ``bf16`` or ``fp16``) on ``device``."""
    return nullcontext() if precision == "fp32" else torch.autocast(device.type, dtype=_DTYPES[precision])


def best_precision(device: torch.device) -> str:
    """The fastest precision that ``device`` has in hardware: ``bf16``, ``fp16`` or ``fp32``."""
    if device.type == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp16"
    if device.type == "cpu":
        supported = getattr(torch.cpu, "_is_avx512_bf16_supported", None) or (lambda: False)
        return "bf16" if supported() else "fp32"
    return "fp32"


def best_device() -> str:
    """``cuda`` or ``mps`` where there is one, else ``cpu``."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


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
