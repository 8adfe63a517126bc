"""Names of models, as they are written."""

from runspan.base.values import Name
from runspan.language.normalize.cleaning import clean


def normalize_model(text: str) -> Name:
    r"""The name without markup, on one line.

    >>> normalize_model("**GEN-θ**"), normalize_model("coca_ViT-L-14"), normalize_model(" \n")
    (Name(value='GEN-θ'), Name(value='coca_ViT-L-14'), Name(value=None))
    """
    name = clean(text)
    return Name(name if any(map(str.isalnum, name)) else None)
