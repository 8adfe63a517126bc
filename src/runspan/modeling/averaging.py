"""The moving average of a model's weights, which holds better on other texts than the last weights do."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_model, save_model
from torch.optim.swa_utils import AveragedModel
from transformers import TrainerCallback

STEPS = 5  # between two updates: each costs as much as a twentieth of a step


def exponential_mean(decay: float) -> Callable[[Sequence[torch.Tensor], Sequence[torch.Tensor], int], None]:
    """Update of an exponential moving average every :data:`STEPS` steps, for :class:`AveragedModel`.

    In a short training the mean is over fewer steps, as in TensorFlow's ``ExponentialMovingAverage``: after ``n``
    updates the decay of one is at most ``(1 + n) / (10 + n)``.

    Args:
        decay: Of one step, below 1.
    """

    def update(averaged: Sequence[torch.Tensor], current: Sequence[torch.Tensor], updates: int) -> None:
        weight = 1 - min(decay**STEPS, (1 + int(updates)) / (10 + int(updates)))
        with torch.no_grad():
            torch._foreach_lerp_(list(averaged), list(current), weight)

    return update


class WeightAverage(TrainerCallback):
    """Keeps the mean while a trainer trains, and with its checkpoints."""

    FILE = "averaged.safetensors"

    def __init__(self, model: torch.nn.Module, decay: float) -> None:
        self._averaged = AveragedModel(model, multi_avg_fn=exponential_mean(decay))  # type: ignore[no-untyped-call]

    @property
    def model(self) -> Any:
        """A model of its own with the mean of the weights."""
        return self._averaged.module

    def on_step_end(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
        """Take the weights of a step into the mean."""
        if state.global_step % STEPS == 1 or state.global_step == state.max_steps:
            self._averaged.update_parameters(getattr(model, "module", model))  # type: ignore[no-untyped-call]

    def save(self, folder: Path) -> None:
        """Write the mean into a checkpoint."""
        save_model(self._averaged, str(folder / self.FILE))

    def load(self, folder: Path) -> None:
        """Read it back. A checkpoint of a training without a mean has none, and leaves it as it is."""
        if (folder / self.FILE).is_file():
            load_model(self._averaged, str(folder / self.FILE), device=str(next(self._averaged.parameters()).device))
