"""Documents → chunks that are scored together, and whose they are where several processes share them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from runspan.language.readers.input_documents import InputDocument


def in_chunks(documents: Iterable[InputDocument], chars: int) -> Iterator[list[InputDocument]]:
    """Documents in lists of about ``chars`` characters.

    Where they are cut follows from the documents alone, so that a chunk is the same in each run over them.
    """
    chunk: list[InputDocument] = []
    size = 0
    for document in documents:
        chunk.append(document)
        size += document.size
        if size >= chars:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


@dataclass(frozen=True, slots=True)
class Share:
    """The chunks that one of several processes takes: every ``of``-th, from ``number`` on, counted from 0."""

    number: int = 0
    of: int = 1

    def take(self, chunks: Iterable[Sequence[InputDocument]]) -> Iterator[Sequence[InputDocument]]:
        """The chunks of this process."""
        return islice(chunks, self.number, None, self.of)
