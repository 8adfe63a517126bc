"""Documents → training windows: every epoch they are composed, shuffled, joined end to end and cropped anew.

A window of a real paper begins in mid-sentence and holds parts that have nothing to do with one another. Windows that
mix and crop documents teach that; one document a window does not.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import torch
from torch.utils.data import Dataset

from runspan.base.errors import RunspanError
from runspan.modeling.encoding import IGNORED, IntArray, TextEncoder

Example: TypeAlias = tuple[IntArray, IntArray]  # token ids and labels of a document, shape (tokens,) each


class TrainingWindows(Dataset[dict[str, list[int]]]):
    """Windows of one epoch; :meth:`set_epoch` composes the next. Deterministic in ``(seed, epoch)``.

    An epoch has as many windows as the first; where its documents hold fewer tokens, they begin again.

    Args:
        examples_of: Epoch → the documents' examples.
        encoder: What the documents were encoded with.
        max_length: Tokens a window, special tokens included.
        seed: Seed of order and crops.
        multiple: Windows that the processes of a training take together; empty ones fill the last such group, which
            the library would fill with windows that were seen already.
    """

    def __init__(
        self,
        examples_of: Callable[[int], Sequence[Example]],
        encoder: TextEncoder,
        max_length: int,
        seed: int,
        multiple: int = 1,
    ) -> None:
        self._examples_of = examples_of
        self._prefix, self._suffix = encoder.prefix, encoder.suffix
        self._size = max_length - len(encoder.prefix) - len(encoder.suffix)
        self._seed = seed
        self._multiple = multiple
        self._epoch = -1
        self._windows = 0
        self.set_epoch(0)
        self._windows = -(-len(self._input_ids) // self._size)
        if not self._windows:
            raise RunspanError("no text to train on: every document of the train split is empty")
        self._fill_windows()

    def set_epoch(self, epoch: int) -> None:
        """Compose the windows of an epoch: documents in random order, joined, begun at a random token."""
        if epoch == self._epoch:
            return
        self._epoch = epoch
        random = np.random.default_rng((self._seed, epoch))
        examples = self._examples_of(epoch)
        order = random.permutation(len(examples))
        offset = int(random.integers(self._size))
        self._input_ids = _join([examples[i][0] for i in order], offset)
        self._labels = _join([examples[i][1] for i in order], offset)
        if self._windows:
            self._fill_windows()

    def _fill_windows(self) -> None:
        """As many tokens as the windows hold: what is more is left out, what is less begins again."""
        self._input_ids, self._labels = (
            np.resize(joined, self._windows * self._size) for joined in (self._input_ids, self._labels)
        )

    def __len__(self) -> int:
        return -(-self._windows // self._multiple) * self._multiple

    def __getitem__(self, index: int) -> dict[str, list[int]]:
        if not 0 <= index < len(self):
            raise IndexError(index)
        part = slice(index * self._size, (index + 1) * self._size)
        return {
            "input_ids": [*self._prefix, *self._input_ids[part].tolist(), *self._suffix],
            "labels": [IGNORED] * len(self._prefix) + self._labels[part].tolist() + [IGNORED] * len(self._suffix),
        }


def _join(parts: Sequence[IntArray], offset: int) -> IntArray:
    return np.roll(np.concatenate([*parts, np.zeros(0, dtype=np.int64)]), -offset)


class PaddingCollator:
    """Windows → tensors of shape (windows, tokens), padded to the longest."""

    def __init__(self, pad_id: int) -> None:
        self._pad_id = pad_id

    def __call__(self, windows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """Token ids, attention mask and labels of a batch."""
        longest = max(len(window["input_ids"]) for window in windows)

        def pad(name: str, filler: int) -> torch.Tensor:
            return torch.tensor([[*w[name], *[filler] * (longest - len(w[name]))] for w in windows])

        lengths = torch.tensor([len(window["input_ids"]) for window in windows])
        return {
            "input_ids": pad("input_ids", self._pad_id),
            "attention_mask": (torch.arange(longest) < lengths[:, None]).long(),
            "labels": pad("labels", IGNORED),
        }
