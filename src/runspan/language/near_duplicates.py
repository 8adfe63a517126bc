"""Groups of documents that share much of their text."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations

from runspan.base.documents import Document
from runspan.base.words import split_words

_SHINGLE = 6  # words
_BOILERPLATE = 50  # documents; what more of them share (a licence, say) tells nothing
_NEAR_DUPLICATE = 0.4  # share of the shorter document's shingles


def near_duplicate_keys(documents: Sequence[Document]) -> dict[str, str]:
    """Document id → smallest id of its group of near-duplicates.

    Two documents are near-duplicates where they share 40% of the shorter one's six-word shingles.
    """
    shingles = {document.id: _shingles(document.text) for document in documents}
    holders: dict[int, list[str]] = defaultdict(list)
    for id, hashes in shingles.items():
        for shingle in hashes:
            holders[shingle].append(id)
    rare = (ids for ids in holders.values() if len(ids) <= _BOILERPLATE)
    shared = Counter(pair for ids in rare for pair in combinations(sorted(ids), 2))
    parent = {document.id: document.id for document in documents}

    def root(id: str) -> str:
        while parent[id] != id:
            parent[id] = id = parent[parent[id]]
        return id

    for (a, b), count in shared.items():
        if count >= _NEAR_DUPLICATE * min(len(shingles[a]), len(shingles[b])):
            low, high = sorted((root(a), root(b)))
            parent[high] = low
    return {id: root(id) for id in parent}


def _shingles(text: str) -> set[int]:
    words = [text[start:end].lower() for start, end in split_words(text)]
    return {hash(tuple(words[i : i + _SHINGLE])) for i in range(max(1, len(words) - _SHINGLE + 1))}
