"""A document that is still to be read: what is known of it without opening it, and how to read it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from runspan.base.documents import Document
from runspan.base.records import ReadDocument


@dataclass(frozen=True, slots=True)
class InputDocument:
    """A document among the inputs. It can be sent to another process, which reads it.

    Attributes:
        id: The document's id.
        source: Where it lies, for messages and records.
        size: Characters of its text, roughly: as many as it has bytes.
        stamp: What changes where its content does.
        read: Reads it; what can't be read comes as an error.
    """

    id: str
    source: str
    size: int
    stamp: str
    read: Callable[[], ReadDocument]


def as_input(read: ReadDocument) -> InputDocument:
    """A document that was read already."""
    document = read.document
    return InputDocument(document.id, document.source, len(document.text), read.error or "", partial(_itself, read))


def failed_input(id: str, source: str, message: str) -> InputDocument:
    """A document that can't be read."""
    return as_input(failed(id, source, message))


def failed(id: str, source: str, message: str) -> ReadDocument:
    """The error that stands in for a document."""
    return ReadDocument(Document(id, "", source=source), error=f"{source}: {message}")


def _itself(read: ReadDocument) -> ReadDocument:
    return read
