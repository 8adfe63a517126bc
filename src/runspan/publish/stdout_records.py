"""Records on stdout, as JSON lines: nothing is kept, and nothing gone on with."""

import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from runspan.base.record_lines import Counts, RecordLine, count
from runspan.language.readers.input_documents import InputDocument


class StdoutRecords:
    """Takes the records of chunks as :class:`~runspan.publish.record_journal.RecordJournal` does."""

    def __init__(self) -> None:
        self.counts = Counts()
        self._pending: deque[Sequence[InputDocument]] = deque()

    def remaining(self, chunks: Iterable[Sequence[InputDocument]]) -> Iterator[Sequence[InputDocument]]:
        """All chunks."""
        for chunk in chunks:
            self._pending.append(chunk)
            yield chunk

    def write(self, lines: Sequence[RecordLine]) -> int:
        """Write the records of the chunk that is next in order.

        Returns:
            The size of its documents.
        """
        sys.stdout.buffer.writelines(line.json for line in lines)
        sys.stdout.buffer.flush()
        self.counts += count(lines)
        return sum(document.size for document in self._pending.popleft())
