"""Words ↔ tokens ↔ windows: gold labels as perfect predictions give the same spans back."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runspan.base.documents import Document, Span
from runspan.base.labels import LABELS, tag_names
from runspan.base.words import split_words
from runspan.language.bio import encode_tags
from runspan.modeling.decoding import TagScores, decode_spans
from runspan.modeling.encoding import IGNORED, TextEncoder
from runspan.modeling.windows import cut_windows
from tests.conftest import TEXTS, TOKENIZERS, wordpiece_tokenizer

ENCODERS = {name: TextEncoder(tokenizer) for name, tokenizer in TOKENIZERS.items()}
TAGS = tag_names(LABELS)
every_tokenizer = pytest.mark.parametrize("encoder", ENCODERS.values(), ids=ENCODERS.keys())

fragments = st.sampled_from(
    [
        "StrumNet",
        "31,842",
        "parameters",
        "8xA100-80G",
        "(",
        ")",
        "...",
        "-----",
        "https://foo.org/a-1_b/cccccccccccccccc",
        "é",
        "é",
        "\u200b",
        "\u200d",
        "東京",
        "\x00",
        "👩🏽\u200d🔬",
        "🇫🇷",
        "\r\n",
        "\n",
        " ",
        "\xa0",
        "½",
        "ﬁ",
        "10⁹",
        "�",
        "q" * 40,
        "[UNK]",
        "[SEP]",
        "\ufeff",
        "भारत",
    ]
)
texts = st.lists(fragments, max_size=40).map("".join)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    text = draw(texts)
    words = split_words(text)
    cuts = sorted(draw(st.sets(st.integers(0, len(words)), max_size=10)))
    spans = tuple(
        Span(words[first].start, words[last - 1].end, draw(st.sampled_from(LABELS)))
        for first, last in itertools.pairwise(cuts)
        if draw(st.booleans())
    )
    return Document("d", text, spans)


def spans_through_windows(document: Document, encoder: TextEncoder, size: int, stride: int) -> list[Span]:
    """Spans after a model that predicts each window's labels perfectly."""
    encoding = encoder.encode(document.text)
    tag_ids = [TAGS.index(tag) for tag in encode_tags(document.spans, encoding.words)]
    labels = encoding.labels(tag_ids)
    log_probs = np.full((len(encoding.words), len(TAGS)), np.nan)
    for window in cut_windows(len(encoding.input_ids), size, stride):
        seen = labels[window.start : window.end]
        for word, token in enumerate(encoding.first_tokens):
            if window.core_start <= token < window.core_end:
                log_probs[word] = -1e9
                log_probs[word, seen[token - window.start]] = 0.0
    assert not np.isnan(log_probs).any(), "a word is in no window's core"
    return decode_spans(TagScores.of(log_probs), encoding.words, TAGS)


@every_tokenizer
@settings(max_examples=150, deadline=None)
@given(document=documents(), size=st.integers(2, 40), data=st.data())
def test_perfect_predictions_give_the_spans_back(
    encoder: TextEncoder, document: Document, size: int, data: st.DataObject
) -> None:
    stride = data.draw(st.integers(0, size - 1))
    found = spans_through_windows(document, encoder, size, stride)
    assert [(s.start, s.end, s.label) for s in found] == [(s.start, s.end, s.label) for s in document.spans]


@every_tokenizer
@settings(max_examples=150, deadline=None)
@given(text=texts)
def test_each_word_owns_a_first_token(encoder: TextEncoder, text: str) -> None:
    encoding = encoder.encode(text)
    assert encoding.words == split_words(text)
    assert len(encoding.first_tokens) == len(encoding.words)
    assert (np.diff(encoding.first_tokens) > 0).all()
    assert (encoding.labels([1] * len(encoding.words)) != IGNORED).sum() == len(encoding.words)


@every_tokenizer
def test_long_words_and_long_texts(encoder: TextEncoder) -> None:
    word = "ab1" * 400
    text = f"a {word} b " * 3 + "8 GPUs " * 2000
    encoding = encoder.encode(text)
    assert len(encoding.words) == 9 + 4000
    assert len(encoding.input_ids) > 4000  # the tokenizer's own truncation, at 16, does not matter


@every_tokenizer
def test_natural_tokens_are_kept(encoder: TextEncoder) -> None:
    """Where no token covers two words, the text is tokenized as the tokenizer does by itself."""
    text = "We trained it on 512 GPUs for roughly 90 minutes"
    natural = encoder._backend.encode(text, add_special_tokens=False)
    assert encoder.encode(text).input_ids.tolist() == natural.ids


@every_tokenizer
def test_rules_and_addresses_take_little_room(encoder: TextEncoder) -> None:
    short, long = "| a | -- | https://foo.org/abcdefghi |", f"| a | {'-' * 90} | https://foo.org/abcdefghi{'/x' * 90} |"
    encoding = encoder.encode(long)
    assert len(encoding.words) == 7
    assert len(encoding.input_ids) <= len(encoder.encode(short).input_ids) + 12


def test_empty_text() -> None:
    encoding = ENCODERS["wordpiece"].encode(" \n")
    assert len(encoding.words) == len(encoding.first_tokens) == 0


@given(tokens=st.integers(0, 3000), size=st.integers(1, 300), data=st.data())
def test_windows_cover_all_tokens(tokens: int, size: int, data: st.DataObject) -> None:
    stride = data.draw(st.integers(0, size - 1))
    windows = cut_windows(tokens, size, stride)
    assert all(w.end - w.start <= size for w in windows)
    assert [i for w in windows for i in range(w.core_start, w.core_end)] == list(range(tokens))
    for left, right in itertools.pairwise(windows):
        assert left.end - right.start >= stride
        for token in range(right.start, left.end):  # the core is where the token stands farthest from an edge
            in_left = token < left.core_end
            assert in_left == (left.end - 1 - token >= token - right.start)


def test_windows_reject_a_stride_that_never_ends() -> None:
    with pytest.raises(ValueError, match="stride is 5"):
        cut_windows(10, 5, 5)


def test_a_line_break_leaves_a_token_where_the_tokenizer_would_drop_it() -> None:
    encoder = TextEncoder(wordpiece_tokenizer([*TEXTS, "¶"]))
    text = "We trained\r\n\n\n\nStrumNet"
    tokens = [encoder._backend.id_to_token(id) for id in encoder.encode(text).input_ids.tolist()]
    assert tokens.count("¶") == 2
    (line,) = (i for i, token in enumerate(tokens) if token == "¶" and tokens[i + 1] == "¶")
    assert encoder.encode(text).first_tokens.tolist()[-1] == line + 2


def test_no_line_break_sign_where_it_is_not_known() -> None:
    assert not ENCODERS["wordpiece"]._marks_line_breaks
    assert not ENCODERS["byte_level"]._marks_line_breaks
