"""Documents → train, validation and test: by document, stable, near-duplicates together."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from runspan.base.documents import Document
from runspan.base.errors import RunspanError
from runspan.language.near_duplicates import near_duplicate_keys

SPLITS = ("train", "validation", "test")


def assign_splits(documents: Sequence[Document], validation: float = 0.1, test: float = 0.1) -> dict[str, str]:
    """Split of each document id, by a stable hash; near-duplicates stay together.

    The hash is of the smallest id of a group of near-duplicates, so that a document keeps its split when others are
    added. Where that leaves a split empty, the group that comes nearest to it moves there.

    Raises:
        RunspanError: Fewer than three groups.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for id, key in near_duplicate_keys(documents).items():
        groups[key].append(id)
    if len(groups) < len(SPLITS):
        raise RunspanError(
            f"found {len(groups)} document(s) that differ from one another, expected at least {len(SPLITS)} "
            "(one each to train, validate and test): add seed files"
        )
    ranked = sorted((_unit_hash(key), key) for key in groups)
    split_of_group = {
        key: "test" if place < test else "validation" if place < test + validation else "train" for place, key in ranked
    }
    for i, split in enumerate(("test", "validation")):
        if split not in split_of_group.values():
            split_of_group[ranked[i][1]] = split
    if "train" not in split_of_group.values():
        split_of_group[ranked[-1][1]] = "train"
    return {id: split_of_group[key] for key, ids in groups.items() for id in ids}


def _unit_hash(key: str) -> float:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) / 2**64
