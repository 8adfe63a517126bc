"""Documents → folds: each document is held out once, near-duplicates together."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence

from datasets import DatasetDict, concatenate_datasets

from runspan.base.documents import Document
from runspan.base.errors import RunspanError
from runspan.jobs.evaluation import read_split
from runspan.language.near_duplicates import near_duplicate_keys


def assign_folds(documents: Sequence[Document], folds: int) -> dict[str, int]:
    """Fold of each document id, from 0 on; of much the same number of documents, and stable.

    With as many folds as documents each is one document (leave-one-out).

    Args:
        documents: Tagged documents.
        folds: How many, 2 or more.

    Raises:
        RunspanError: There are fewer groups of near-duplicates than folds.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for id, key in near_duplicate_keys(documents).items():
        groups[key].append(id)
    if folds < 2 or folds > len(groups):
        raise RunspanError(
            f"folds is {folds}; expected 2 to {len(groups)}, the number of documents that differ from one another"
        )
    sizes = [0] * folds
    fold_of: dict[str, int] = {}
    for key in sorted(groups, key=lambda key: (-len(groups[key]), hashlib.sha256(key.encode()).digest())):
        smallest = sizes.index(min(sizes))
        sizes[smallest] += len(groups[key])
        fold_of |= dict.fromkeys(groups[key], smallest)
    return fold_of


def fold_datasets(dataset: DatasetDict, folds: int) -> Iterator[DatasetDict]:
    """The dataset of each fold: it is the test split, all other documents are the training split.

    The validation split is empty: documents that are few are worth more in training, and those that are scored must
    choose nothing.

    Args:
        dataset: All documents, in whatever splits.
        folds: How many.

    Raises:
        RunspanError: As :func:`assign_folds`.
    """
    rows = concatenate_datasets(list(dataset.values()))
    fold_of = assign_folds(read_split(rows), folds)
    numbers = [fold_of[id] for id in rows["id"]]
    for fold in range(folds):
        yield DatasetDict(
            {
                "train": rows.select([i for i, number in enumerate(numbers) if number != fold]),
                "validation": rows.select([]),
                "test": rows.select([i for i, number in enumerate(numbers) if number == fold]),
            }
        )
