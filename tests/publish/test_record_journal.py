"""A job that was stopped goes on where it was, and with nothing else."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from runspan.base.documents import Document
from runspan.base.errors import RunspanError
from runspan.base.labels import LABELS
from runspan.base.record_lines import RecordLine
from runspan.base.records import ReadDocument, Record
from runspan.language.readers.input_documents import InputDocument
from runspan.publish.record_journal import RecordJournal

JOB = {"model": "abc", "min_confidence": 0.0}


def document(name: str, stamp: str = "") -> InputDocument:
    def read() -> ReadDocument:
        return ReadDocument(Document(name, name))

    return InputDocument(name, f"{name}.txt", 10, stamp, read)


CHUNKS = [[document("a"), document("b")], [document("c")], [document("d"), document("e")]]


def lines(chunk: Sequence[InputDocument]) -> list[RecordLine]:
    return [RecordLine.of(Record(one.read().document, LABELS, tokens=3)) for one in chunk]


def run(
    output: Path, chunks: Sequence[Sequence[InputDocument]] = CHUNKS, stop_after: int = 99, **job: Any
) -> list[str]:
    """Run a job, or some chunks of it; what was left to do."""
    left = []
    with RecordJournal(output, JOB | job) as journal:
        for i, chunk in enumerate(journal.remaining(chunks)):
            if i == stop_after:
                return left
            left += [one.id for one in chunk]
            assert journal.write(lines(chunk)) == 10 * len(chunk)
        journal.finish()
    return left


def test_it_goes_on_where_it_was(tmp_path: Path) -> None:
    whole = tmp_path / "whole.jsonl"
    run(whole)
    output = tmp_path / "r.jsonl"
    assert run(output, stop_after=2) == ["a", "b", "c"]
    assert run(output) == ["d", "e"]
    assert run(output) == []  # finished, but never put under its name
    assert RecordJournal(output, JOB).is_finished
    with RecordJournal(output, JOB) as journal, RecordJournal(whole, JOB) as other:
        assert not journal.is_finished  # not before this run has seen that nothing is left
        assert (journal.counts.documents, journal.counts.tokens) == (5, 15)
        assert list(journal.lines()) == list(other.lines())
        assert [len(chunk) for chunk in journal.chunk_lines()] == [2, 1, 2]
        journal.discard()
        other.discard()
    assert list(tmp_path.iterdir()) == []


def tear_records(partial: Path, journal: Path) -> None:
    partial.write_bytes(partial.read_bytes() + b'{"schema": "runspan/1", "id": "half')


def tear_journal(partial: Path, journal: Path) -> None:
    tear_records(partial, journal)
    journal.write_bytes(journal.read_bytes() + b'{"documents": ["ab')


def lose_records(partial: Path, journal: Path) -> None:
    partial.write_bytes(partial.read_bytes()[:-5])


def lose_all(partial: Path, journal: Path) -> None:
    partial.unlink()


def tear_header(partial: Path, journal: Path) -> None:
    journal.write_bytes(journal.read_bytes()[:10])


@pytest.mark.parametrize(
    ("damage", "left"),
    [
        (tear_records, ["d", "e"]),
        (tear_journal, ["d", "e"]),
        (lose_records, ["c", "d", "e"]),
        (lose_all, ["a", "b", "c", "d", "e"]),
        (tear_header, ["a", "b", "c", "d", "e"]),
    ],
)
def test_whatever_was_torn(tmp_path: Path, damage: Callable[[Path, Path], None], left: list[str]) -> None:
    run(tmp_path / "whole.jsonl")
    output = tmp_path / "r.jsonl"
    run(output, stop_after=2)
    damage(tmp_path / "r.jsonl.partial", tmp_path / "r.jsonl.journal")
    assert run(output) == left
    for suffix in ("partial", "journal"):
        assert (tmp_path / f"r.jsonl.{suffix}").read_bytes() == (tmp_path / f"whole.jsonl.{suffix}").read_bytes()


@pytest.mark.parametrize(
    ("chunks", "message"),
    [
        ([[document("a"), document("b", "changed")], *CHUNKS[1:]], r"b\.txt is not the document that"),
        ([[document("a")], *CHUNKS[1:]], "the inputs end where"),
        ([[*CHUNKS[0], document("z")], *CHUNKS[1:]], r"z\.txt is new among"),
        ([], "the inputs end where"),
    ],
)
def test_other_inputs_are_refused(tmp_path: Path, chunks: list[list[InputDocument]], message: str) -> None:
    output = tmp_path / "r.jsonl"
    run(output, stop_after=2)
    with pytest.raises(RunspanError, match=f"{message}.*add --overwrite"):
        run(output, chunks)
    assert run(output) == ["d", "e"]


def test_another_job_is_refused(tmp_path: Path) -> None:
    output = tmp_path / "r.jsonl"
    run(output, stop_after=1)
    with pytest.raises(RunspanError, match=r"with another min_confidence \(0\.0; now 0\.5\).*add --overwrite"):
        run(output, min_confidence=0.5)
    with RecordJournal(output, JOB | {"min_confidence": 0.5}, overwrite=True) as journal:
        assert [one.id for chunk in journal.remaining(CHUNKS) for one in chunk] == ["a", "b", "c", "d", "e"]


def test_documents_that_come_after_are_no_change(tmp_path: Path) -> None:
    output = tmp_path / "r.jsonl"
    run(output, stop_after=2)
    assert run(output, [*CHUNKS, [document("f")]]) == ["d", "e", "f"]


def test_one_process_at_a_time(tmp_path: Path) -> None:
    output = tmp_path / "r.jsonl"
    with (
        RecordJournal(output, JOB),
        pytest.raises(RunspanError, match="another process is writing it"),
        RecordJournal(output, JOB),
    ):
        pass
    run(output)


def test_a_full_disk(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("needs /dev/full")
    (tmp_path / "r.jsonl.partial").symlink_to(full)
    with RecordJournal(tmp_path / "r.jsonl", JOB) as journal:
        chunk = next(iter(journal.remaining(CHUNKS)))
        with pytest.raises(RunspanError, match=r"r\.jsonl: can't be written \(No space left on device\)"):
            journal.write(lines(chunk))


def test_a_folder_that_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with (
        pytest.raises(RunspanError, match="can't be written"),
        RecordJournal(tmp_path / "file" / "r.jsonl", JOB),
    ):
        pass
