"""How documents are cut into windows."""

import json
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

from runspan.base.errors import RunspanError

_ROOM_FOR_SPECIAL_TOKENS = 4


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """How a model's texts are cut; kept beside its weights as ``runspan.json``. Both in tokens."""

    max_length: int = 256
    stride: int = 64

    FILE = "runspan.json"

    def check(self, limit: int) -> None:
        """Raise :class:`RunspanError` where a model that takes ``limit`` tokens can't work with these settings."""
        if self.max_length > limit:
            raise RunspanError(f"max_length is {self.max_length}; the model takes at most {limit} tokens at once")
        if not 0 <= self.stride < self.max_length - _ROOM_FOR_SPECIAL_TOKENS:
            raise RunspanError(
                f"stride is {self.stride}; expected 0 or more, and less than max_length ({self.max_length}) "
                f"less {_ROOM_FOR_SPECIAL_TOKENS}"
            )

    def save(self, folder: Path) -> None:
        """Write the settings into a model folder."""
        (folder / self.FILE).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, limit: int) -> "WindowSettings":
        """The settings of a model folder; the defaults, within the model's limit, where it has none."""
        file = folder / cls.FILE
        if not file.is_file():
            return cls(max_length=min(cls().max_length, limit))
        try:
            settings = cls(**json.loads(file.read_text(encoding="utf-8")))
            return cls(int(settings.max_length), int(settings.stride))
        except (TypeError, ValueError) as error:
            raise RunspanError(
                f"{file}: not the settings of a runspan model ({error}); train the model anew"
            ) from error


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch ``start:end`` of a document's tokens; it answers for the tokens ``core_start:core_end``."""

    start: int
    end: int
    core_start: int
    core_end: int


def cut_windows(tokens: int, size: int, stride: int) -> list[Window]:
    """Windows of at most ``size`` tokens that cover all ``tokens``, evenly spread.

    Neighbours share at least ``stride`` tokens. Each token is in the core of one window: the one where it stands
    farthest from an edge that has text beyond it.

    >>> [(w.start, w.end, w.core_start, w.core_end) for w in cut_windows(10, 6, 2)]
    [(0, 6, 0, 5), (4, 10, 5, 10)]
    >>> cut_windows(0, 6, 2)
    []
    """
    if not 0 <= stride < size:
        raise ValueError(f"stride is {stride}, expected 0 or more and below the window's {size} tokens")
    if tokens == 0:
        return []
    count = 1 if tokens <= size else -(-(tokens - stride) // (size - stride))
    starts = [round(i * (tokens - size) / (count - 1)) for i in range(count)] if count > 1 else [0]
    ends = [min(start + size, tokens) for start in starts]
    cuts = [0, *((end + start + 1) // 2 for end, start in zip(ends, starts[1:], strict=False)), tokens]
    return [
        Window(start, end, core_start, core_end)
        for start, end, (core_start, core_end) in zip(starts, ends, pairwise(cuts), strict=True)
    ]
