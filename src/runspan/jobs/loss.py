"""The loss of a training, and what stops a training whose loss is no number."""

import math
from collections.abc import Mapping
from typing import Any

import torch
from transformers import TrainerCallback

from runspan.base.errors import RunspanError
from runspan.modeling.encoding import IGNORED


class DivergedError(RunspanError):
    """A loss or a gradient is no number: with these arguments a training leads nowhere."""


class WeightedLoss:
    """Cross-entropy over the words' first tokens, averaged over all of an optimizer step's windows.

    Args:
        tags: Number of tags; the first is ``O``.
        outside_weight: Weight of ``O``.
        label_smoothing: Share of the target spread over all tags.
    """

    def __init__(self, tags: int, outside_weight: float = 1.0, label_smoothing: float = 0.0) -> None:
        self._weight = torch.ones(tags)
        self._weight[0] = outside_weight
        self._label_smoothing = label_smoothing

    def __call__(
        self, outputs: Mapping[str, Any], labels: torch.Tensor, num_items_in_batch: torch.Tensor | int | None = None
    ) -> torch.Tensor:
        """Loss of logits (windows, tokens, tags) against labels (windows, tokens), a scalar."""
        logits = outputs["logits"].float()
        total = torch.nn.functional.cross_entropy(
            logits.view(-1, logits.shape[-1]),
            labels.view(-1),
            weight=self._weight.to(logits.device),
            ignore_index=IGNORED,
            reduction="sum",
            label_smoothing=self._label_smoothing,
        )
        items = (labels != IGNORED).sum() if num_items_in_batch is None else torch.as_tensor(num_items_in_batch)
        return total / items.to(total.device).clamp(min=1)  # a window's rest may hold no word's first token


class StopOnBadLoss(TrainerCallback):
    """Stops training with a message where the loss or the gradient is no number."""

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **_: Any) -> None:
        """Look at what was logged.

        Raises:
            RunspanError: It holds a NaN or an infinity.
        """
        # With fp16 the first gradients may overflow: their steps are skipped and the scale is lowered.
        for name in ("loss", "train_loss") if args.fp16 else ("loss", "train_loss", "grad_norm"):
            value = (logs or {}).get(name)
            if value is not None and not math.isfinite(float(value)):
                raise DivergedError(
                    f"step {state.global_step}: {name} is {float(value)}. Lower learning_rate "
                    f"(now {args.learning_rate:g}), or train with --mixed_precision no"
                )
