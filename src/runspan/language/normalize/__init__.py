"""Text of a span → normalised value, one module a field. Unknown is a value of ``None``, never a guess."""

from collections.abc import Callable

from runspan.base.values import Value
from runspan.language.normalize.country import normalize_country
from runspan.language.normalize.gpu_count import normalize_gpu_count
from runspan.language.normalize.hardware import normalize_hardware
from runspan.language.normalize.model import normalize_model
from runspan.language.normalize.params import normalize_params
from runspan.language.normalize.training import normalize_training
from runspan.language.normalize.year import normalize_year

__all__ = [
    "NORMALIZERS",
    "normalize",
    "normalize_country",
    "normalize_gpu_count",
    "normalize_hardware",
    "normalize_model",
    "normalize_params",
    "normalize_training",
    "normalize_year",
]

NORMALIZERS: dict[str, Callable[[str], Value]] = {
    "model": normalize_model,
    "params": normalize_params,
    "gpu_count": normalize_gpu_count,
    "hardware": normalize_hardware,
    "training": normalize_training,
    "country": normalize_country,
    "year": normalize_year,
}


def normalize(label: str, text: str) -> Value:
    """The value that a surface of a label states. An unknown label is a ``ValueError`` that lists the known ones.

    >>> normalize("params", "34 billion parameters").as_dict()
    {'value': 34000000000, 'low': None, 'high': None, 'qualifier': None}
    >>> normalize("energy", "5 MWh")
    Traceback (most recent call last):
    ValueError: no normaliser for 'energy'; expected one of model, params, gpu_count, hardware, training, country, year
    """
    normalizer = NORMALIZERS.get(label)
    if normalizer is None:
        raise ValueError(f"no normaliser for {label!r}; expected one of {', '.join(NORMALIZERS)}")
    return normalizer(text)
