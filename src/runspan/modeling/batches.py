"""Encoded documents → batches of windows of nearly one length, and whose tags are wanted of each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from runspan.modeling.encoding import Encoding, IntArray, TextEncoder
from runspan.modeling.windows import Window, WindowSettings, cut_windows

_PADDING = 0.03  # of a batch's tokens, at most, where it has more than one window


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows that go through the model together.

    Attributes:
        input_ids: Token ids with special tokens, padded to the longest, shape (windows, tokens).
        lengths: Tokens of each window that are no padding, shape (windows,).
        positions: Where in ``input_ids``, flattened, a word's tag is wanted, shape (wanted,).
        words: That word's place among the words of all documents, shape (wanted,).
    """

    input_ids: IntArray
    lengths: IntArray
    positions: IntArray
    words: IntArray

    @property
    def attention_mask(self) -> IntArray:
        """1 for each token that is no padding, 0 for the others, shape (windows, tokens)."""
        return (np.arange(self.input_ids.shape[1]) < self.lengths[:, None]).astype(np.int64)

    @property
    def windows(self) -> int:
        """How many windows it has."""
        return len(self.input_ids)

    def part(self, start: int, end: int) -> "Batch":
        """A batch of its windows ``start:end``."""
        row = self.positions // self.input_ids.shape[1]
        taken = (start <= row) & (row < end)
        positions = self.positions[taken] - start * self.input_ids.shape[1]
        return Batch(self.input_ids[start:end], self.lengths[start:end], positions, self.words[taken])

    @property
    def is_padded(self) -> bool:
        """Whether any window is shorter than the longest."""
        return bool((self.lengths < self.input_ids.shape[1]).any())


def make_batches(
    encodings: Sequence[Encoding], encoder: TextEncoder, settings: WindowSettings, tokens: int
) -> list[Batch]:
    """Batches of about ``tokens`` tokens that hold every word's tag once, the longest windows first.

    A word's tag is taken from the window where its first token stands farthest from an edge. Windows of similar length
    stand together, so that next to nothing is padding.

    Args:
        encodings: Documents.
        encoder: What they were encoded with.
        settings: How they are cut.
        tokens: Of a batch, padding included; a window longer than that is a batch of its own.
    """
    special = len(encoder.prefix) + len(encoder.suffix)
    size = settings.max_length - special
    word_offsets = np.cumsum([0, *(len(encoding.words) for encoding in encodings)])
    windows = [
        (i, window)
        for i, encoding in enumerate(encodings)
        for window in cut_windows(len(encoding.input_ids), size, settings.stride)
    ]
    windows.sort(key=lambda item: item[1].start - item[1].end)
    batches, start = [], 0
    lengths = [window.end - window.start + special for _, window in windows]
    while start < len(windows):
        end, longest, real = start + 1, lengths[start], lengths[start]
        while (
            end < len(windows)
            and (end + 1 - start) * longest <= tokens
            and real + lengths[end] >= (1 - _PADDING) * (end + 1 - start) * longest
        ):
            real += lengths[end]
            end += 1
        batches.append(_batch(windows[start:end], longest, encodings, word_offsets, encoder))
        start = end
    return batches


def _batch(
    windows: Sequence[tuple[int, Window]],
    longest: int,
    encodings: Sequence[Encoding],
    word_offsets: IntArray,
    encoder: TextEncoder,
) -> Batch:
    input_ids = np.full((len(windows), longest), encoder.pad_id, dtype=np.int64)
    lengths = np.empty(len(windows), dtype=np.int64)
    positions, words = [], []
    begin = len(encoder.prefix)
    for row, (document, window) in enumerate(windows):
        encoding = encodings[document]
        tokens = [*encoder.prefix, *encoding.input_ids[window.start : window.end].tolist(), *encoder.suffix]
        input_ids[row, : len(tokens)], lengths[row] = tokens, len(tokens)
        low, high = np.searchsorted(encoding.first_tokens, [window.core_start, window.core_end])
        positions.append(encoding.first_tokens[low:high] - window.start + begin + row * longest)
        words.append(np.arange(low, high) + word_offsets[document])
    return Batch(input_ids, lengths, np.concatenate(positions), np.concatenate(words))
