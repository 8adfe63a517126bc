"""What every engine that runs a fine-tuned model offers."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from tokenizers import Tokenizer

from runspan.base.errors import RunspanError
from runspan.modeling.batches import Batch
from runspan.modeling.decoding import FloatArray, TagScores


class UnsupportedError(RunspanError):
    """An engine can't run a model of this architecture, or not in this precision on this machine."""


@dataclass(frozen=True, slots=True)
class SavedTokenizer:
    """A fast tokenizer without the model library around it: what :class:`~runspan.modeling.encoding.TextEncoder` needs.

    Attributes:
        backend_tokenizer: The tokenizer itself.
        name_or_path: Where it comes from.
        unk_token_id: Of the token for what it doesn't know; as the ids below, ``None`` where it has none.
        mask_token_id: Of the token that hides another.
        pad_token_id: Of the token that fills a batch.
        eos_token_id: Of the token at the end of a text.
    """

    backend_tokenizer: Tokenizer
    name_or_path: str
    unk_token_id: int | None
    mask_token_id: int | None
    pad_token_id: int | None
    eos_token_id: int | None


class Backend(Protocol):
    """A fine-tuned token classifier on the engine and the device where it runs.

    Attributes:
        name: Of the engine.
        precision: ``fp32``, ``bf16``, ``fp16`` or ``int8``.
        tags: Names of its IOB2 tags, in order.
        longest_window: Tokens that it takes at once, special tokens included.
        tokenizer: Its tokenizer.
        batch_tokens: Tokens a batch that measured best.
        chunk_chars: Characters of the documents that are best scored together.
    """

    name: str
    precision: str
    tags: list[str]
    longest_window: int
    tokenizer: Any
    batch_tokens: int
    chunk_chars: int

    @property
    def device(self) -> str:
        """Where it runs, in words."""
        ...

    def score(self, batches: Sequence[Batch], words: int) -> TagScores:
        """Scores of ``words`` words, of each the tags that one of the batches wants."""
        ...


def log_softmax(logits: FloatArray) -> FloatArray:
    """Log-probabilities of logits, over the last axis.

    >>> np.exp(log_softmax(np.array([[0.0, np.log(3.0)]]))).round(2).tolist()
    [[0.25, 0.75]]
    """
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def threads_asked_for() -> int | None:
    """The number of threads that the environment asks for."""
    asked = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0]
    return int(asked) if asked.isdecimal() and int(asked) else None
