"""A progress bar while training on a terminal; elsewhere a short line for each entry of the log."""

from types import TracebackType
from typing import Any

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from transformers import TrainerCallback

from runspan.cli.console import messages

_SHOWN = {"loss": "loss", "eval_f1": "F1"}  # of what is logged, and its name


class TrainingProgress(TrainerCallback):
    """Shows steps, time left, the last loss and F1. A context manager, so that an error leaves the terminal whole."""

    def __init__(self) -> None:
        columns = (TextColumn("training"), BarColumn(), MofNCompleteColumn(), TextColumn("steps"), TimeElapsedColumn())
        rest = (TimeRemainingColumn(), TextColumn("{task.description}"))
        self._progress = Progress(*columns, *rest, console=messages, disable=not messages.is_terminal)
        self._task: TaskID | None = None
        self._last: dict[str, float] = {}

    def __enter__(self) -> "TrainingProgress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Start the bar, where the run begins or goes on."""
        if state.is_world_process_zero:
            self._progress.start()
            self._task = self._progress.add_task("", total=state.max_steps, completed=state.global_step)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Move the bar."""
        if self._task is not None:
            self._progress.update(self._task, completed=state.global_step)

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any) -> None:
        """Show the last loss and F1."""
        new = {shown: float(logs[name]) for name, shown in _SHOWN.items() if logs and name in logs}
        self._last |= new
        if new and state.is_world_process_zero and not messages.is_terminal:
            found = "  ".join(f"{name} {value:.3f}" for name, value in new.items())
            messages.print(f"step {state.global_step}/{state.max_steps}  epoch {state.epoch:.2f}  {found}")
        if self._task is not None:
            description = "  ".join(f"{name} {value:.3f}" for name, value in self._last.items())
            self._progress.update(self._task, description=description)

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """End the bar."""
        self._progress.stop()
