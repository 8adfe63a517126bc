"""The texts that offsets refer to, where they are in no file as they stand: those of PDF and HTML documents."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from runspan.base.errors import RunspanError
from runspan.base.records import ReadDocument

_LONGEST = 200  # bytes of a file name, below the 255 that file systems take


@dataclass(frozen=True, slots=True)
class TextFolder:
    """A folder of texts, ``ID.txt`` each.

    Args:
        folder: Where they go; made with the first.
    """

    folder: Path

    def keep(self, read: ReadDocument) -> None:
        """Write the text of a document that was extracted; nothing for others.

        Raises:
            RunspanError: It can't be written.
        """
        if not read.is_extracted or read.error is not None:
            return
        data = read.document.text.encode("utf-8", "surrogatepass")
        file = self.folder / safe_path(read.document.id)
        if file.is_file() and file.read_bytes() != data:  # of another document with the same id
            file = file.with_name(f"{file.stem}-{hashlib.sha256(data).hexdigest()[:8]}.txt")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            made = file.with_name(file.name + ".writing")
            made.write_bytes(data)
            made.replace(file)
        except OSError as error:
            raise RunspanError(f"{file}: can't be written ({error.strerror or error}); see --save_text") from error


def safe_path(id: str) -> Path:
    """A path for a document's id that can't lead out of the folder that it is put in.

    >>> str(safe_path("papers/a b")), str(safe_path("../../etc/x")), str(safe_path("/"))
    ('papers/a b.txt', '%2E%2E/%2E%2E/etc/x.txt', '_.txt')
    """
    parts = [_safe_name(part) for part in id.split("/") if part] or ["_"]
    return Path(*parts[:-1], f"{parts[-1]}.txt")


def _safe_name(part: str) -> str:
    is_dots = set(part) == {"."}
    name = "%2E" * len(part) if is_dots else quote(part, safe=" ()[]{}+,;=@!#&'~^", errors="surrogatepass")
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - 17]}-{hashlib.sha256(part.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
