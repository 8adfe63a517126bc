"""The records of a job while it goes on. Killed at any instant, it goes on where it was, and ends with the same bytes.

Two files lie beside the output until it is whole: ``OUT.partial`` with the records as JSON lines, and ``OUT.journal``,
whose first line says what the job is, and each other one which documents a chunk held and where its records end. A
chunk counts from the moment that its line is in the journal.
"""

import hashlib
import json
import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from filelock import FileLock, Timeout

from runspan.base.errors import RunspanError
from runspan.base.record_lines import Counts, RecordLine, count
from runspan.language.readers.input_documents import InputDocument

_VERSION = 1
_FINISHED = {"finished": True}
_DIGEST = 16  # hex digits that stand for a document


@dataclass(frozen=True, slots=True)
class _Entry:
    """A chunk of the journal.

    Attributes:
        documents: A digest of each document.
        end: Where its records end, in bytes of the partial file.
        counts: What it holds.
    """

    documents: Sequence[str]
    end: int
    counts: Counts

    def as_line(self) -> bytes:
        written = {"documents": list(self.documents), "end": self.end, "counts": self.counts.as_dict()}
        return json.dumps(written).encode() + b"\n"


class RecordJournal:
    """Records of a job, chunk by chunk, with a journal; a context manager that one process at a time can be in.

    Args:
        output: The file that the records are for; what is kept meanwhile lies beside it.
        job: What decides the records: the model, the options. A job with another one is not gone on with.
        overwrite: Start anew, whatever an earlier job left.

    Raises:
        RunspanError: Another process writes this output, an earlier job was another one, or the files can't be written.
    """

    def __init__(self, output: Path, job: Mapping[str, Any], overwrite: bool = False) -> None:
        self._output, self._job, self._overwrite = output, dict(job), overwrite
        self.partial = output.with_name(output.name + ".partial")
        self._journal_path = output.with_name(output.name + ".journal")
        self._lock = FileLock(output.with_name(output.name + ".lock"))
        self._done: list[_Entry] = []
        self._pending: deque[Sequence[InputDocument]] = deque()
        self.counts = Counts()

    def __enter__(self) -> "RecordJournal":
        try:
            self._output.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise RunspanError(
                f"{self._output}: another process is writing it; wait for it, or give another --output"
            ) from error
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            self._done = [] if self._overwrite else self._read_journal()
            self._open()
        except OSError as error:
            self._lock.release()
            raise self._unwritable(error) from error
        except BaseException:
            self._lock.release()
            raise
        self.counts = sum((entry.counts for entry in self._done), Counts())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in (self._records, self._journal):
            try:
                file.close()
            except OSError:  # the disk is full, which was said when it was written to
                continue
        self._lock.release()

    def remaining(self, chunks: Iterable[Sequence[InputDocument]]) -> Iterator[Sequence[InputDocument]]:
        """The chunks that are not done yet.

        Raises:
            RunspanError: The ones that were done are not those that come first now.
        """
        chunks = iter(chunks)
        for entry in self._done:
            self._check(entry, next(chunks, ()))
        for chunk in chunks:
            self._pending.append(chunk)
            yield chunk

    def write(self, lines: Sequence[RecordLine]) -> int:
        """Keep the records of the chunk that is next in order.

        Returns:
            The size of its documents.

        Raises:
            RunspanError: The disk is full, say.
        """
        chunk = self._pending.popleft()
        counts = count(lines)
        try:
            self._records.writelines(line.json for line in lines)
            self._records.flush()
            os.fsync(self._records.fileno())  # before the journal says that they are there
            entry = _Entry([_digest(document) for document in chunk], self._records.tell(), counts)
            self._journal.write(entry.as_line())
            self._journal.flush()
        except OSError as error:
            raise self._unwritable(error) from error
        self.counts += counts
        return sum(document.size for document in chunk)

    def look(self) -> "RecordJournal":
        """The same, with what another process has written by now."""
        self.counts = sum((entry.counts for entry in self._read_journal()), Counts())
        return self

    @property
    def is_finished(self) -> bool:
        """Whether the process that keeps it, this or another, has noted that all chunks are there."""
        end = json.dumps(_FINISHED).encode() + b"\n"
        try:
            with self._journal_path.open("rb") as journal:
                journal.seek(-min(len(end), journal.seek(0, os.SEEK_END)), os.SEEK_END)
                return journal.read() == end
        except FileNotFoundError:
            return False

    def finish(self) -> None:
        """Note that all chunks are there."""
        self._write_line(_FINISHED)

    def chunk_lines(self) -> Iterator[list[bytes]]:
        """The records of each chunk, as lines."""
        with self.partial.open("rb") as records:
            for entry in self._read_journal():
                yield [records.readline() for _ in entry.documents]

    def lines(self) -> Iterator[bytes]:
        """The records as lines."""
        for chunk in self.chunk_lines():
            yield from chunk

    def discard(self) -> None:
        """Remove what was kept, once the output is whole."""
        for path in (self.partial, self._journal_path, Path(self._lock.lock_file)):
            path.unlink(missing_ok=True)

    def _check(self, entry: _Entry, chunk: Sequence[InputDocument]) -> None:
        for number, digest in enumerate(entry.documents):
            if number >= len(chunk):
                place = "the inputs end where the interrupted job still found documents"
            elif _digest(chunk[number]) != digest:
                place = f"{chunk[number].source} is not the document that the interrupted job read at its place"
            else:
                continue
            break
        else:
            if len(chunk) == len(entry.documents):
                return
            place = f"{chunk[len(entry.documents)].source} is new among the documents that the interrupted job read"
        raise RunspanError(
            f"{self.partial}: {place}. To go on, put the inputs back as they were; to start anew, add --overwrite"
        )

    def _read_journal(self) -> list[_Entry]:
        """The chunks that are whole, if the journal is of this job; none where there is none."""
        try:
            header, *lines = self._journal_path.read_bytes().split(b"\n")[:-1]  # the last may be torn
            size = self.partial.stat().st_size
            found = json.loads(header)
        except (FileNotFoundError, ValueError):
            return []
        self._check_job(found)
        entries = []
        for line in lines:
            try:
                written = json.loads(line)
            except ValueError:
                break
            if written == _FINISHED or written["end"] > size:
                break
            entries.append(_Entry(written["documents"], written["end"], Counts(**written["counts"])))
        return entries

    def _check_job(self, found: Mapping[str, Any]) -> None:
        before = found.get("job", {})
        now = json.loads(json.dumps(self._job))
        for name in [*now, *before]:
            if before.get(name) != now.get(name) or found.get("version") != _VERSION:
                raise RunspanError(
                    f"{self.partial}: is of an interrupted job with another {name} ({before.get(name)!r}; now "
                    f"{now.get(name)!r}). To go on, repeat the command as it was; to start anew, add --overwrite"
                )

    def _open(self) -> None:
        """Open both files behind the last whole chunk."""
        fresh = not self._done
        self._records: IO[bytes] = self.partial.open("wb" if fresh else "r+b")
        if fresh:
            self._journal: IO[bytes] = self._journal_path.open("wb")
            self._write_line({"version": _VERSION, "job": self._job})
            return
        self._records.truncate(self._done[-1].end)
        self._records.seek(0, os.SEEK_END)
        self._journal = self._journal_path.open("r+b")
        whole = [self._journal.readline(), *(entry.as_line() for entry in self._done)]
        self._journal.truncate(sum(map(len, whole)))
        self._journal.seek(0, os.SEEK_END)

    def _write_line(self, content: Mapping[str, Any]) -> None:
        try:
            self._journal.write(json.dumps(content).encode() + b"\n")
            self._journal.flush()
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> RunspanError:
        done = (
            f"; {self.counts.documents} document(s) are kept, and the same command goes on"
            if self.counts.documents
            else ""
        )
        return RunspanError(f"{self._output}: can't be written ({error.strerror or error}){done}")


def _digest(document: InputDocument) -> str:
    parts = json.dumps([document.id, document.source, document.stamp])
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST]
