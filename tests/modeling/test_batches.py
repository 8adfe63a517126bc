"""Batches hold every word once, next to no padding, and no more tokens than asked for."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from runspan.modeling.batches import make_batches
from runspan.modeling.encoding import TextEncoder
from runspan.modeling.windows import WindowSettings
from tests.conftest import TOKENIZERS

ENCODER = TextEncoder(TOKENIZERS["wordpiece"])
SETTINGS = WindowSettings(max_length=32, stride=8)


@given(st.lists(st.integers(0, 120), max_size=12), st.sampled_from([1, 64, 256]))
def test_every_word_is_wanted_once(lengths: list[int], tokens: int) -> None:
    encodings = [ENCODER.encode(" ".join(f"gpu{i}" for i in range(length))) for length in lengths]
    batches = make_batches(encodings, ENCODER, SETTINGS, tokens)
    wanted = np.concatenate([np.empty(0, dtype=np.int64), *(batch.words for batch in batches)])
    assert sorted(wanted.tolist()) == list(range(sum(len(encoding.words) for encoding in encodings)))
    first = np.concatenate([np.empty(0, dtype=np.int64), *(e.input_ids[e.first_tokens] for e in encodings)])
    for batch in batches:
        assert len(batch.lengths) == 1 or batch.input_ids.size <= tokens
        assert batch.attention_mask.sum() == batch.lengths.sum() >= 0.97 * batch.input_ids.size
        assert (batch.input_ids.reshape(-1)[batch.positions] == first[batch.words]).all()
        assert (batch.input_ids[:, 0] == ENCODER.prefix[0]).all()


def test_long_windows_come_first() -> None:
    encodings = [ENCODER.encode("a " * length) for length in (3, 90, 10)]
    widths = [batch.input_ids.shape[1] for batch in make_batches(encodings, ENCODER, SETTINGS, 64)]
    assert widths == sorted(widths, reverse=True)
