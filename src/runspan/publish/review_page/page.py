"""Records and their texts → one file that a browser opens from disk: no network, no build step.

The markup is ``page.html``, the looks are ``assets/*.css``, and what it does is ``assets/*.js``, each file with one
job. They are joined in order of their numbers and stand in the page as one style and one script, which its
Content-Security-Policy knows by their hashes. Every document is an element of its own that is read when it is opened.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any

from runspan.base.errors import RunspanError
from runspan.base.labels import LABELS
from runspan.publish.review_page.embedding import content_hash, embedded_json
from runspan.publish.review_page.entries import Entry, document_entry, rows, summary

SUFFIXES = (".html", ".htm")
_DOCUMENTS = "<!-- documents -->"


class ReviewPageWriter:
    """Writes a review page as records come, one document in memory at a time; a context manager.

    What was written goes to ``output.partial`` and gets its name when the writer is closed: also after an
    interruption (whatever is finished is kept), but not after an error.

    Args:
        output: A path that ends in one of :data:`SUFFIXES`.

    Raises:
        RunspanError: The suffix is another one, or the path can't be written.
    """

    def __init__(self, output: Path) -> None:
        self._path = check_page(output)
        self._partial = output.with_name(output.name + ".partial")
        self._documents: list[Entry] = []
        self._rows: list[Entry] = []
        self._labels = dict.fromkeys(LABELS)

    def __enter__(self) -> "ReviewPageWriter":
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._partial.open("w", encoding="utf-8", newline="\n")
        except OSError as error:
            raise self._not_written(error) from error
        head, self._tail = _template().split(_DOCUMENTS)
        self._write(head)
        return self

    def write(self, record: Mapping[str, Any], text: str | None) -> None:
        """Add one document.

        Args:
            record: A record as its JSON has it.
            text: The document's text; ``None`` where it isn't known. The text of a document that failed isn't shown.

        Raises:
            RunspanError: The file can't be written.
        """
        number = len(self._documents)
        text = text if record["error"] is None else None
        entry, known, found = document_entry(record, text), summary(record, text), list(rows(record, number))
        self._write(_data(f"document-{number}", entry))
        self._documents.append(known)
        self._rows += found
        self._labels |= dict.fromkeys(span["label"] for span in record["spans"])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None and not (issubclass(kind, KeyboardInterrupt) and self._documents):
            self._file.close()
            self._partial.unlink()
            return
        index = {"labels": list(self._labels), "documents": self._documents, "rows": self._rows}
        self._write(_data("index", index) + self._tail)
        try:
            self._file.close()
            self._partial.replace(self._path)
        except OSError as failure:
            raise self._not_written(failure) from failure

    def _write(self, content: str) -> None:
        try:
            self._file.write(content)
        except OSError as error:
            raise self._not_written(error) from error

    def _not_written(self, error: OSError) -> RunspanError:
        return RunspanError(f"{self._path}: can't be written ({error.strerror or error})")


def check_page(output: Path) -> Path:
    """The path of a page.

    Raises:
        RunspanError: Its suffix is another one, or it is a folder.
    """
    if output.suffix not in SUFFIXES:
        raise RunspanError(f"{output}: expected a name that ends in {' or '.join(SUFFIXES)}")
    if output.is_dir():
        raise RunspanError(f"{output}: is a folder; expected a file name that ends in {' or '.join(SUFFIXES)}")
    return output


def _data(name: str, data: Any) -> str:
    return f'<script type="application/json" id="{name}">{embedded_json(data)}</script>\n'


@cache
def _template() -> str:
    """The page with its style and script, and a mark where the documents go."""
    page = files(__package__).joinpath("page.html").read_text(encoding="utf-8")
    style = _joined(".css")
    script = '(() => {\n"use strict";\n' + _joined(".js") + "})();\n"
    assert "</script" not in script, "would end the script"
    assert "</style" not in style, "would end the style"
    for name, content in (("style", style), ("script", script)):
        page = page.replace(f"{{{{{name}_hash}}}}", content_hash(content)).replace(f"{{{{{name}}}}}", content)
    return page


def _joined(suffix: str) -> str:
    assets = files(__package__).joinpath("assets").iterdir()
    named = sorted((asset.name, asset.read_text(encoding="utf-8")) for asset in assets if asset.name.endswith(suffix))
    return "\n".join(content for _, content in named)
