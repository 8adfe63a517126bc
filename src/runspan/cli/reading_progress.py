"""A progress bar over documents, on a terminal."""

from types import TracebackType

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from runspan.cli.console import messages
from runspan.language.readers.inputs import Inputs


class ReadingProgress:
    """Shows documents, documents a second and the time left. A context manager.

    Args:
        inputs: What is read; it says how much there is.
        quiet: Show nothing, as where stderr is no terminal.
    """

    def __init__(self, inputs: Inputs, quiet: bool) -> None:
        self._inputs, self._documents = inputs, 0
        columns = (TextColumn("reading"), BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        shown = messages.is_terminal and not quiet
        self._progress = Progress(*columns, TimeRemainingColumn(), console=messages, transient=True, disable=not shown)
        self._task: TaskID | None = None
        self._shown = shown

    def __enter__(self) -> "ReadingProgress":
        if self._shown:
            self._progress.start()
            self._task = self._progress.add_task("", total=self._inputs.size())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def advance(self, documents: int, size: int) -> None:
        """Show that documents of ``size`` characters are done."""
        if self._task is None:
            return
        self._documents += documents
        seconds = self._progress.tasks[0].elapsed or 0.0
        rate = f", {self._documents / seconds:,.1f} a second" if seconds else ""
        self._progress.update(self._task, advance=size, description=f"{self._documents:,} documents{rate}")
