"""Attention for training on CPU: what the library's ``eager`` computes, its scores kept in half precision.

Under autocast the library's takes the softmax in fp32: of every layer's scores, the largest tensors of a step, it makes
two copies forward and two backward. Here they stay as they are; the kernel itself adds up in fp32.
"""

from typing import Any

import torch
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface, eager_mask

LEAN = "lean"


def lean_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    **_: Any,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Scaled dot-product attention (Vaswani et al. 2017, section 3.2.1) in the precision of the queries.

    Args:
        module: The attention layer, for whether it is in training.
        query: Shape (windows, heads, tokens, size), as ``key`` and ``value``.
        key: What the queries are compared with.
        value: What is averaged.
        attention_mask: To be added to the scores, shape (windows, 1 or heads, 1 or tokens, tokens).
        scaling: Of the scores; one over the root of ``size`` where ``None``.
        dropout: Of the weights, in training.

    Returns:
        The averages, shape (windows, tokens, heads, size), and the weights, shape (windows, heads, tokens, tokens).
    """
    with torch.autocast(query.device.type, enabled=False):
        scores = (query * (query.shape[-1] ** -0.5 if scaling is None else scaling)) @ key.transpose(2, 3)
        if attention_mask is not None:  # its lowest number may be infinite in half precision
            scores = scores + attention_mask.clamp(min=torch.finfo(scores.dtype).min).to(scores.dtype)
        weights = torch.nn.functional.dropout(scores.softmax(-1), dropout, module.training)
        averages = weights @ value
    return averages.transpose(1, 2).contiguous(), weights


def register_lean_attention() -> None:
    """Make the library know :func:`lean_attention` by the name ``lean``."""
    AttentionInterface.register(LEAN, lean_attention)
    AttentionMaskInterface.register(LEAN, eager_mask)
