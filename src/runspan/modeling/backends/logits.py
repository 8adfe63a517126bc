"""A model of the model library as converters want it: two inputs, one output."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from transformers import PreTrainedModel


class LogitsOnly(torch.nn.Module):
    """Token ids and attention mask, shape (windows, tokens), to logits (windows, tokens, tags)."""

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model.eval()

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Logits of every token."""
        logits: torch.Tensor = self.model(input_ids=input_ids, attention_mask=attention_mask).logits
        return logits


def example_inputs() -> dict[str, torch.Tensor]:
    """Two windows, the second padded, to trace a model with."""
    mask = torch.ones((2, 8), dtype=torch.int64)
    mask[1, 5:] = 0
    return {"input_ids": torch.ones_like(mask), "attention_mask": mask}


@contextmanager
def quiet_tracing() -> Iterator[None]:
    """What tracing says of every branch that it follows, and of what is deprecated in the libraries, is left out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", torch.jit.TracerWarning)
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        yield
