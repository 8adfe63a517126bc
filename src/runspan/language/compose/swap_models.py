"""Names of models swapped for others, and the sizes in them."""

import re
from collections.abc import Iterator
from random import Random

from runspan.base.documents import Document
from runspan.language.compose import read_rows
from runspan.language.compose.edit import Edit, Swaps, is_outside, surfaces_of

_KIND_OF_NET = re.compile(
    r"(?<=[a-z])(?:Net|BERT|BERTa|LM|Former|GPT|UNet|Fold|TTS|CNN|LSTM|ASR|MT|Code|Embed|Diff|VL)$"
)
_STEM = re.compile(r"(?<![^\W_])[^\W\d_]{4,}(?![^\W_])")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)[ -]?([BMK])\b")


def swap_models(document: Document, random: Random) -> Iterator[Edit]:
    """Other names for the stems of model names, in their spans and outside of all spans; the other words stay."""
    generic = {row["word"] for row in read_rows("generic_words")}
    new_of: Swaps = {}
    for surface in surfaces_of(document, "model"):
        for stem in _STEM.findall(surface)[:1]:
            if stem.lower() not in generic and stem.lower() not in new_of:
                new_of[stem.lower()] = _other_name(stem, document.text, random)
    if not new_of:
        return
    for match in re.finditer(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, new_of))})(?![^\W_])", document.text, re.I):
        old, new = match[0], new_of[match[0].lower()]
        if is_outside(document.spans, *match.span()) or _label_at(document, match.start()) == "model":
            yield Edit(*match.span(), new.lower() if old.islower() else new.upper() if old.isupper() else new)


def _other_name(stem: str, text: str, random: Random) -> str:
    """A name that the text lacks; a plain word with the same ending for ``TwarzNet``: ``CurlewNet``."""
    kind = _KIND_OF_NET.search(stem)
    rows = [row for row in read_rows("model_names") if not kind or row["source"] == "own"]
    name = random.choice(rows)["name"]
    while name in text:
        name = random.choice(rows)["name"]
    return name + (kind[0] if kind else "")


def _label_at(document: Document, offset: int) -> str:
    return next((span.label for span in document.spans if span.start <= offset < span.end), "")


def resize_models(document: Document, params: Swaps) -> Iterator[Edit]:
    """Sizes in model names, where that size was swapped: ``Fen-7B`` → ``Fen-13B``."""
    sizes = {}
    for old, new in params.items():
        size, other = _SIZE.match(old), _SIZE.match(new)
        if size and other:
            sizes["".join(size.groups()).lower()] = "".join(other.groups())
    for span in document.spans:
        for match in _SIZE.finditer(document.surface(span)) if span.label == "model" else ():
            if other_size := sizes.get("".join(match.groups()).lower()):
                new = other_size.lower() if match[0].islower() else other_size
                yield Edit(span.start + match.start(), span.start + match.end(), new)
