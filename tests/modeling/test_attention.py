"""The lean attention computes what the library's does."""

from pathlib import Path

import pytest
import torch

from runspan.base.labels import LABELS
from runspan.modeling.attention import lean_attention
from runspan.modeling.encoder import load_new_model


@pytest.fixture
def models(tiny_encoder_dir: Path) -> list[torch.nn.Module]:
    lean, eager = (load_new_model(tiny_encoder_dir, LABELS, 0.0, 0.0, name) for name in ("lean", "eager"))
    lean.load_state_dict(eager.state_dict())
    return [lean, eager]


def test_same_logits_and_gradients_as_eager_with_padding(models: list[torch.nn.Module]) -> None:
    inputs = torch.tensor([[5, 6, 7, 8], [9, 10, 11, 11]])
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]])
    logits = [model(input_ids=inputs, attention_mask=mask).logits for model in models]
    torch.testing.assert_close(*logits)
    for own in logits:
        own[mask.bool()].square().sum().backward()
    gradients = [dict(model.named_parameters()) for model in models]
    for name, parameter in gradients[0].items():
        torch.testing.assert_close(parameter.grad, gradients[1][name].grad, rtol=1e-3, atol=1e-5)


def test_bf16_is_near_fp32(models: list[torch.nn.Module]) -> None:
    inputs = torch.tensor([[5, 6, 7, 8, 9, 10]])
    exact = models[0](input_ids=inputs).logits
    with torch.autocast("cpu", torch.bfloat16):
        near = models[0](input_ids=inputs).logits
    assert (exact - near.float()).abs().max() < 0.05 * exact.abs().max()


def test_masked_keys_count_for_nothing_in_bf16() -> None:
    query = torch.randn(1, 2, 3, 4, dtype=torch.bfloat16)
    mask = torch.tensor([0.0, 0.0, torch.finfo(torch.float32).min]).view(1, 1, 1, 3)
    averages, weights = lean_attention(torch.nn.Module(), query, query, query, mask)
    assert averages.shape == (1, 3, 2, 4)
    assert torch.equal(weights[..., 2], torch.zeros(1, 2, 3, dtype=torch.bfloat16))
    assert weights.isfinite().all()
