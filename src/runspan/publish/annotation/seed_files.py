"""Seed files: a text file a document, with inline tags (see :mod:`runspan.language.markup`)."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from runspan.base.documents import Document
from runspan.language import markup
from runspan.language.seeds import find_seed_files, read_seed
from runspan.publish.annotation.intake import ForeignSpan, Intake, Place
from runspan.publish.annotation.outgoing import Target, check, is_path, is_utf8, write_folder


def read(paths: Sequence[Path], intake: Intake) -> None:
    """Take in seed files, and folders of them."""
    for id, file in find_seed_files(paths):
        document, faults = read_seed(file, id, intake.labels)
        intake.faults += faults
        place = Place(str(file))
        spans = [ForeignSpan(place, s.start, s.end, s.label, run=s.run) for s in document.spans] if not faults else []
        intake.take(place, id, document.text, spans)


def write(documents: Sequence[Document], target: Target) -> Counter[str]:
    """Write a folder of seed files, each named after its document's id. Scores are left out.

    Raises:
        FaultsError: Ids that can't name a file, texts that hold a tag or have no UTF-8 form.
        RunspanError: The folder holds something, or can't be written.
    """

    def is_read_back(document: Document) -> str | None:
        back = markup.parse(markup.write(document), labels=target.labels).document
        same_spans = [(s.start, s.end, s.label, s.run) for s in back.spans] == [
            (s.start, s.end, s.label, s.run) for s in document.spans
        ]
        if back.text == document.text and same_spans:
            return None
        return (
            f"its text holds a tag of ours (such as <{target.labels[0]}>), which would be read as markup: take it out"
        )

    check(documents, is_path, is_utf8, is_read_back)
    write_folder(target.output, {f"{document.id}.txt": markup.write(document).encode() for document in documents})
    return Counter(scores=sum(span.score is not None for document in documents for span in document.spans))
