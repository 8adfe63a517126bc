"""An output that several processes write: each keeps the journal of its share, the first puts them in order."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from glob import escape
from itertools import cycle
from pathlib import Path
from threading import Event
from typing import Any

from runspan.base.errors import RunspanError
from runspan.base.record_lines import Counts
from runspan.jobs.chunks import Share
from runspan.publish.record_journal import RecordJournal

_PART = re.compile(r"(?:\.part-\d+-of-(\d+))?\.journal")
_LOOK_EVERY = 0.2  # seconds


def part_of(output: Path, share: Share) -> Path:
    """Where a process keeps its share of the records: the output itself where there is but one."""
    return output if share.of == 1 else output.with_name(f"{output.name}.part-{share.number}-of-{share.of}")


def check_shares(output: Path, share: Share, overwrite: bool) -> None:
    """Make sure that no interrupted job of another number of processes lies beside the output.

    Raises:
        RunspanError: One does, and is not to be overwritten.
    """
    for journal in output.parent.glob(f"{escape(output.name)}*.journal"):
        found = _PART.fullmatch(journal.name.removeprefix(output.name))
        processes = int(found[1] or 1) if found else share.of  # else of another output, whose name begins alike
        if processes == share.of:
            continue
        if not overwrite:
            raise RunspanError(
                f"{journal}: is of an interrupted job of {processes} process(es), this one has {share.of}. To go on, "
                "repeat the command as it was; to start anew, add --overwrite"
            )
        for path in (journal, journal.with_suffix(".partial")):
            path.unlink(missing_ok=True)


def parts_of(output: Path, job: Mapping[str, Any], share: Share) -> list[RecordJournal]:
    """The journals of all processes, in order."""
    return [RecordJournal(part_of(output, Share(number, share.of)), job) for number in range(share.of)]


def wait_for_parts(journals: Sequence[RecordJournal], stop: Event) -> bool:
    """Wait until each process has finished its share.

    Returns:
        Whether all have; not where ``stop`` was set before.
    """
    while not all(journal.is_finished for journal in journals):
        if stop.wait(_LOOK_EVERY):
            return False
    return True


def in_order(journals: Sequence[RecordJournal]) -> Iterator[bytes]:
    """The records of all shares as lines, in the order of the inputs."""
    for share in cycle([journal.chunk_lines() for journal in journals]):
        lines = next(share, None)
        if lines is None:
            return  # the shares take turns: where one has none, none has more
        yield from lines


def counts_of(journals: Iterable[RecordJournal]) -> Counts:
    """What all shares hold together by now."""
    return sum((journal.look().counts for journal in journals), Counts())
