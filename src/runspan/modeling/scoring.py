"""Encoded documents → log-probabilities of every word's tags."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import torch
from transformers import PreTrainedModel

from runspan.modeling.decoding import FloatArray
from runspan.modeling.encoding import Encoding, TextEncoder, Window, cut_windows


def autocast(device: torch.device, precision: str) -> AbstractContextManager[Any]:
    """Context of a forward pass in ``precision`` (``fp32``, ``bf16`` or ``fp16``) on ``device``."""
    if precision == "fp32":
        return nullcontext()
    return torch.autocast(device.type, dtype=torch.bfloat16 if precision == "bf16" else torch.float16)


def best_precision(device: torch.device) -> str:
    """The fastest precision that ``device`` has in hardware: ``bf16``, ``fp16`` or ``fp32``."""
    if device.type == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp16"
    if device.type == "cpu":
        supported = getattr(torch.cpu, "_is_avx512_bf16_supported", None) or (lambda: False)
        return "bf16" if supported() else "fp32"
    return "fp32"


def score_documents(
    model: PreTrainedModel,
    encoder: TextEncoder,
    encodings: Sequence[Encoding],
    max_length: int,
    stride: int,
    batch_size: int = 16,
    precision: str = "fp32",
) -> list[FloatArray]:
    """Log-probabilities of each word's tags, one array of shape (words, tags) a document.

    Windows of all documents are sorted by length, so that a batch holds next to no padding. Each word's scores come
    from the window where its first token stands farthest from an edge.

    Args:
        model: A token classifier, on the device where it is to run.
        encoder: What the documents were encoded with.
        encodings: The documents.
        max_length: Tokens a window, special tokens included.
        stride: Tokens that neighbouring windows share.
        batch_size: Windows a batch.
        precision: As :func:`autocast` takes it.
    """
    size = max_length - len(encoder.prefix) - len(encoder.suffix)
    scores = [np.zeros((len(e.words), model.config.num_labels), dtype=np.float32) for e in encodings]
    windows = [(i, w) for i, e in enumerate(encodings) for w in cut_windows(len(e.input_ids), size, stride)]
    windows.sort(key=lambda item: item[1].end - item[1].start)
    was_training = model.training
    model.eval()
    with torch.inference_mode(), autocast(model.device, precision):
        for batch in _batches(windows, batch_size):
            inputs = _pad([encodings[i].input_ids[w.start : w.end] for i, w in batch], encoder)
            logits = model(**{name: tensor.to(model.device) for name, tensor in inputs.items()}).logits
            log_probs = logits.float().log_softmax(-1).cpu().numpy()
            for (i, window), rows in zip(batch, log_probs, strict=True):
                _take_core(scores[i], encodings[i], window, rows[len(encoder.prefix) :])
    model.train(was_training)
    return scores


def _batches(windows: list[tuple[int, Window]], size: int) -> Iterator[list[tuple[int, Window]]]:
    for start in range(0, len(windows), size):
        yield windows[start : start + size]


def _pad(sequences: Sequence[Any], encoder: TextEncoder) -> dict[str, torch.Tensor]:
    """Token ids with special tokens, padded to the longest, and their attention mask. Shape (windows, tokens)."""
    rows = [[*encoder.prefix, *ids.tolist(), *encoder.suffix] for ids in sequences]
    longest = max(map(len, rows))
    input_ids = torch.tensor([row + [encoder.pad_id] * (longest - len(row)) for row in rows])
    lengths = torch.tensor([len(row) for row in rows])
    return {"input_ids": input_ids, "attention_mask": (torch.arange(longest) < lengths[:, None]).long()}


def _take_core(scores: FloatArray, encoding: Encoding, window: Window, rows: FloatArray) -> None:
    """Keep the scores of the words whose first token is in the window's core."""
    low, high = np.searchsorted(encoding.first_tokens, [window.core_start, window.core_end])
    scores[low:high] = rows[encoding.first_tokens[low:high] - window.start]
