"""How inputs are read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What readers are told.

    Attributes:
        text_column: Key of the text in JSON lines and Parquet.
        id_column: Key of the document's id there; line and row numbers stand in where it is missing.
        max_chars: A document of more characters is an error.
    """

    text_column: str = "text"
    id_column: str = "id"
    max_chars: int = 10_000_000
