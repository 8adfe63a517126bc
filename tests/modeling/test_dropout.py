"""Dropout by bytes: its share, its mean, its gradient, and that it does nothing at prediction."""

import numpy as np
import torch

from runspan.modeling.dropout import ByteDropout, use_byte_dropout


def test_share_and_mean() -> None:
    np.random.seed(3)
    dropout = ByteDropout(0.1)
    values = torch.ones(200, 500, requires_grad=True)
    dropped = dropout(values)
    assert abs((dropped == 0).float().mean().item() - 26 / 256) < 0.01
    assert abs(dropped.mean().item() - 1) < 0.01
    dropped.sum().backward()
    assert values.grad is not None
    assert torch.equal(values.grad, dropped.detach())
    assert not torch.equal(dropped, dropout(values))


def test_bf16_stays_bf16_and_state_repeats_the_masks() -> None:
    dropout = ByteDropout(0.5)
    values = torch.ones(8, 8, dtype=torch.bfloat16)
    state = np.random.get_state()
    first = dropout(values)
    np.random.set_state(state)
    assert first.dtype == torch.bfloat16
    assert torch.equal(first, dropout(values))


def test_at_prediction_and_at_rate_zero_nothing_changes() -> None:
    values = torch.rand(4, 4)
    assert ByteDropout(0.5).eval()(values) is values
    assert ByteDropout(0.0)(values) is values


def test_layers_of_a_model_are_replaced() -> None:
    model = torch.nn.Sequential(
        torch.nn.Linear(2, 2), torch.nn.Sequential(torch.nn.Dropout(0.2), torch.nn.Dropout(0.0))
    )
    use_byte_dropout(model)
    assert isinstance(model[1][0], ByteDropout)
    assert isinstance(model[1][1], torch.nn.Dropout)
