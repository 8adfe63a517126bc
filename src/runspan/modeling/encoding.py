"""Text → sub-word tokens aligned with words.

A document is encoded once, as it stands and untruncated, so that every tokenizer sees the spaces it was trained with.
Where one token covers several words, those words are encoded again one by one; a word that the tokenizer drops (a
zero-width space, say) gets the unknown token. So each word owns at least one token, and the first of them carries its
tag.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from runspan.base.errors import RunspanError
from runspan.base.words import Word, split_words

IGNORED = -100
_LINE_BREAK = re.compile(r"(?<!\n\n)\n")  # of blank lines, the first
_LINE_BREAK_SIGN = "¶"
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_LONG = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]{}\"'`|]{20,}|([-=_.~#*•·–—])\1{2,}")
_KEPT_OF_ADDRESS = 24  # characters
_KEPT_OF_RULE = 2
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Encoding:
    """Tokens of one document, without special tokens.

    Attributes:
        input_ids: Token ids, shape (tokens,).
        words: The document's words.
        first_tokens: Index of each word's first token, shape (words,), strictly increasing.
    """

    input_ids: IntArray
    words: Sequence[Word]
    first_tokens: IntArray

    def labels(self, tag_ids: Sequence[int]) -> IntArray:
        """Tag ids of the words, on the words' first tokens; ``IGNORED`` elsewhere. Shape (tokens,)."""
        labels = np.full(len(self.input_ids), IGNORED, dtype=np.int64)
        labels[self.first_tokens] = tag_ids
        return labels


class TextEncoder:
    """Encodes documents with one fast tokenizer.

    Args:
        tokenizer: A fast tokenizer of the model library, or a
            :class:`~runspan.modeling.backends.backend.SavedTokenizer`.

    Attributes:
        prefix: Ids of the special tokens before a sequence.
        suffix: Ids of the special tokens after it.
    """

    def __init__(self, tokenizer: Any) -> None:
        backend = getattr(tokenizer, "backend_tokenizer", None)
        if backend is None:
            raise RunspanError(
                f"{tokenizer.name_or_path}: its tokenizer is {type(tokenizer).__name__}, which gives no offsets; "
                "expected a fast tokenizer (a folder with tokenizer.json)"
            )
        self._backend = backend
        backend.no_truncation()  # a tokenizer.json may carry its own, at 128 tokens say
        backend.no_padding()
        unknown = (tokenizer.unk_token_id, tokenizer.mask_token_id, tokenizer.pad_token_id, tokenizer.eos_token_id)
        self._unknown_id = next((id for id in unknown if id is not None), 0)
        self.pad_id = tokenizer.pad_token_id or 0
        self.prefix, self.suffix = _special_tokens(backend)
        self._marks_line_breaks = _drops_line_breaks(backend)

    def encode(self, text: str) -> Encoding:
        """Tokens of a text of any length, aligned with its words."""
        words = split_words(text)
        ids, owners = _align(self._encode_raw(text), words, _left_out(text))
        owned = np.zeros(len(words) + 1, dtype=bool)
        owned[owners] = True
        if not owned[: len(words)].all():
            ids, owners = self._insert_words(text, words, ids, owners, np.flatnonzero(~owned[: len(words)]))
        return Encoding(ids, words, _first_tokens(owners, len(words)))

    def _encode_raw(self, text: str) -> Any:
        """Encode a text with a stand-in, one code point for one, for what the tokenizer can't take or would drop.

        A lone surrogate has no UTF-8 form. A line break is lost on BERT's tokenizers, though it separates the rows of
        a table and the lines of an address; the pilcrow tells the model of it. Of a web address and of a drawn rule the
        beginning tells all, and the rest would fill the window: a fifth of the tokens of real model cards.
        """
        text = _LONG.sub(_shorten, text)
        text = _LONE_SURROGATE.sub("\ufffd", text)
        if self._marks_line_breaks:
            text = _LINE_BREAK.sub(_LINE_BREAK_SIGN, text)
        return self._backend.encode(text, add_special_tokens=False)

    def _insert_words(
        self, text: str, words: Sequence[Word], ids: IntArray, owners: IntArray, missing: IntArray
    ) -> tuple[IntArray, IntArray]:
        """Add the tokens of words that own none yet, each word encoded by itself, keeping the order of the text."""
        new_ids: list[int] = []
        new_owners: list[int] = []
        for word in missing.tolist():
            tokens = self._encode_raw(text[slice(*words[word])]).ids or [self._unknown_id]
            new_ids += tokens
            new_owners += [word] * len(tokens)
        # A token between words (a line break, say) counts with the word before it.
        keys = np.maximum.accumulate(owners) if len(owners) else owners
        order = np.argsort(np.concatenate([keys, new_owners]).astype(np.int64), kind="stable")
        return (
            np.concatenate([ids, np.array(new_ids, dtype=np.int64)])[order],
            np.concatenate([owners, np.array(new_owners, dtype=np.int64)])[order],
        )


def _shorten(match: re.Match[str]) -> str:
    """The beginning of a web address or rule, and spaces in the place of its rest."""
    return match[0][: _kept(match)].ljust(len(match[0]))


def _left_out(text: str) -> IntArray:
    """Character ranges of a text for which :func:`_shorten` leaves spaces, shape (ranges, 2)."""
    ranges = [(match.start() + _kept(match), match.end()) for match in _LONG.finditer(text)]
    return np.array(ranges, dtype=np.int64).reshape(-1, 2)


def _kept(match: re.Match[str]) -> int:
    return min(_KEPT_OF_RULE if match[1] else _KEPT_OF_ADDRESS, len(match[0]))


def _special_tokens(backend: Any) -> tuple[list[int], list[int]]:
    encoded = backend.encode("a", add_special_tokens=True)
    content = [i for i, special in enumerate(encoded.special_tokens_mask) if not special]
    return encoded.ids[: content[0]], encoded.ids[content[-1] + 1 :]


def _drops_line_breaks(backend: Any) -> bool:
    """Whether a line break leaves no token, while the sign for it makes one that is known."""
    sign = backend.encode(_LINE_BREAK_SIGN, add_special_tokens=False)
    known = len(sign.ids) == 1 and "unk" not in sign.tokens[0].lower()
    return known and len(backend.encode("a\n\nb", add_special_tokens=False).ids) == 2


def _align(encoded: Any, words: Sequence[Word], left_out: IntArray) -> tuple[IntArray, IntArray]:
    """Ids of the tokens to keep, and for each the word that it belongs to (-1 for none).

    Tokens of a word that shares a token with another word are left out, and so are those within the character ranges
    ``left_out``.
    """
    ids = np.array(encoded.ids, dtype=np.int64)
    offsets = np.array(encoded.offsets, dtype=np.int64).reshape(-1, 2)
    bounds = np.array(words, dtype=np.int64).reshape(-1, 2)
    first = np.searchsorted(bounds[:, 1], offsets[:, 0], side="right")
    last = np.searchsorted(bounds[:, 0], offsets[:, 1], side="left") - 1
    shared = np.zeros(len(words) + 1, dtype=bool)
    for low, high in zip(first[first < last].tolist(), last[first < last].tolist(), strict=True):
        shared[low : high + 1] = True
    owners = np.where(first > last, -1, first)
    inside = np.searchsorted(left_out[:, 0], offsets[:, 0], side="right")
    ends = np.concatenate([[-1], left_out[:, 1]])
    keep = (ends[inside] < offsets[:, 1]) & (
        (owners == -1) | ((first == last) & ~shared[np.minimum(first, len(words))])
    )
    return ids[keep], owners[keep]


def _first_tokens(owners: IntArray, words: int) -> IntArray:
    found, first = np.unique(owners, return_index=True)
    first = first[found >= 0]
    assert len(first) == words, "a word owns no token"
    return first.astype(np.int64)
