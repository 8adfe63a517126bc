"""Records, which hold no text → the texts that they were made from, known by their hash."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from runspan.base.records import text_sha256
from runspan.language.readers.input_documents import InputDocument
from runspan.language.readers.inputs import Inputs, read_documents

_LINE_OF_A_FILE = re.compile(r":\d+\Z")  # of JSON lines: "papers.jsonl:12"


def find_texts(records: Iterable[Mapping[str, Any]], places: Inputs) -> dict[str, str]:
    """Texts of records by their sha256: first those in ``places``, then those in the records' own sources.

    A source that is gone, or whose text is another one by now, is left out.

    Args:
        records: As :func:`runspan.publish.read_records.read_records` reads them.
        places: What to look in first; the sources are read with its options.
    """
    wanted = {record["sha256"]: record.get("source") or "" for record in records if record["error"] is None}
    found = _read(places, wanted)
    sources = dict.fromkeys(_file(source) for sha256, source in wanted.items() if sha256 not in found)
    there = tuple(source for source in sources if source and Path(source).is_file())
    return found | _read(Inputs(there, places.options), wanted)


def _file(source: str) -> str:
    return source if Path(source).is_file() else _LINE_OF_A_FILE.sub("", source)


def _read(inputs: Iterable[InputDocument], wanted: Mapping[str, str]) -> dict[str, str]:
    texts = (read.document.text for read in read_documents(inputs) if read.error is None)
    return {sha256: text for text in texts if (sha256 := text_sha256(text)) in wanted}
