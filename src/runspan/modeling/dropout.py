"""Dropout that draws its masks from bytes: on CPU the library's own draws take a fifth of a training step."""

import numpy as np
import torch

_STEPS = 256  # values of a byte


class ByteDropout(torch.nn.Module):
    """Dropout whose rate is rounded to a 256th, for training on CPU.

    Its masks come from numpy's global generator, whose state the trainer keeps in its checkpoints.

    Args:
        p: Share of the values that are set to zero; named as in the library, whose attention layers look it up.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p
        self._dropped = round(p * _STEPS)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Values of any shape, some of them zero in training and the others larger to make up for it."""
        if not self.training or not self._dropped:
            return values
        draws = torch.frombuffer(bytearray(np.random.bytes(values.numel())), dtype=torch.uint8)
        kept = (draws >= self._dropped).view(values.shape).to(values.dtype)
        return values * kept.mul_(_STEPS / (_STEPS - self._dropped))


def use_byte_dropout(model: torch.nn.Module) -> None:
    """Replace every dropout layer of a model that is to be trained on CPU."""
    for name, module in list(model.named_modules()):
        if isinstance(module, torch.nn.Dropout) and module.p:
            parent, _, own_name = name.rpartition(".")
            setattr(model.get_submodule(parent), own_name, ByteDropout(module.p))
