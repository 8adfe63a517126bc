"""Weights of the assembler's three scores: logistic regressions, trained by ``benchmarks/train_assembly.py``."""

import csv
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TypeAlias

Weights: TypeAlias = Mapping[str, float]  # by feature; of features not listed, 0

BIAS = "bias"
SCORES = ("same_run", "is_run", "shares_value")


@cache
def trained_weights() -> Mapping[str, Weights]:
    """Weights of each of :data:`SCORES`.

    >>> trained_weights()["same_run"]["without_model:glued"] > 0
    True
    """
    weights: dict[str, dict[str, float]] = defaultdict(dict)
    lines = files(__package__).joinpath("weights.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(lines):
        weights[row["score"]][row["feature"]] = float(row["weight"])
    return weights


def weigh(weights: Weights, features: Mapping[str, float]) -> float:
    """The weighted sum of features.

    >>> weigh({"bias": -1.0, "glued": 3.0}, {"glued": 1.0, "row": 1.0})
    2.0
    """
    return weights.get(BIAS, 0.0) + sum(weights.get(name, 0.0) * value for name, value in features.items())
