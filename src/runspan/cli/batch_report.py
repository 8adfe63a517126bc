"""What a batch of documents came to: errors as they come, a summary, and the same as a file."""

import json
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from runspan.base.errors import RunspanError
from runspan.base.record_lines import Counts, RecordLine
from runspan.cli.console import messages
from runspan.jobs.engines import Engine


class BatchReport:
    """Counts what goes through from now on.

    Args:
        engine: What predicts.
        output: Where the records go.
        quiet: Print errors only.
    """

    def __init__(self, engine: Engine, output: str, quiet: bool) -> None:
        self._engine, self._output, self._quiet = engine, output, quiet
        self._started = time.perf_counter()

    def say(self, message: str) -> None:
        """Print a message, unless nothing is to be said."""
        if not self._quiet:
            messages.print(message, soft_wrap=True)

    def errors(self, lines: Sequence[RecordLine]) -> None:
        """Print why documents have no result."""
        for line in lines:
            if line.error is not None:
                messages.print(printable(f"{line.id}: {line.error}"), soft_wrap=True)

    def finish(self, counts: Counts, before: Counts, stats: Path | None) -> None:
        """Print the summary, and write it as JSON where it is asked for.

        Args:
            counts: Of all documents.
            before: Of those that an earlier run of the job had done.
            stats: The file.

        Raises:
            RunspanError: The file can't be written.
        """
        seconds = time.perf_counter() - self._started
        tokens, documents = counts.tokens - before.tokens, counts.documents - before.documents
        failed = f" ({counts.failed} failed)" if counts.failed else ""
        earlier = f" ({before.documents} of them earlier)" if before.documents else ""
        rate = tokens / seconds if seconds else 0.0
        self.say(
            f"{counts.documents} documents{failed}{earlier}, {counts.tokens} tokens, {seconds:.1f} s, "
            f"{rate:,.0f} tokens/s, device: {self._engine.description} → {self._output}"
        )
        if stats is None:
            return
        content = {
            **counts.as_dict(),
            "documents_earlier": before.documents,
            "seconds": round(seconds, 3),
            "documents_per_second": round(documents / seconds, 3) if seconds else 0.0,
            "tokens_per_second": round(rate, 1),
            "peak_memory_mb": round(_peak_memory() / 1e6, 1),
            "engine": self._engine.description,
            "job": dict(self._engine.job),
            "output": self._output,
        }
        try:
            stats.parent.mkdir(parents=True, exist_ok=True)
            stats.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            raise RunspanError(f"{stats}: can't be written ({error.strerror or error})") from error


def printable(text: str) -> str:
    """A text that may hold anything, so that it moves no cursor and sets no colour on a terminal.

    >>> printable("a\\x1b[31mb")
    'a\\\\x1b[31mb'
    """
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _peak_memory() -> int:
    """Bytes of memory that this process held at most."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
