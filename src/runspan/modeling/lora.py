"""Low-rank adapters (LoRA, Hu et al. 2021): small matrices beside frozen ones of an encoder, merged at the end."""

import importlib.util
from collections.abc import Sequence

import torch
from transformers import PreTrainedModel

from runspan.base.errors import RunspanError


def add_adapters(
    model: PreTrainedModel,
    rank: int,
    alpha: float,
    dropout: float = 0.0,
    target_modules: Sequence[str] | None = None,
) -> None:
    """Put adapters into an encoder, and leave nothing to train but them and the head.

    They are put into the model itself, with nothing around it, so that checkpoints, the moving average and evaluation
    see a model as any other.

    Args:
        model: An encoder with a head.
        rank: Of the adapters.
        alpha: What an adapter adds is scaled by ``alpha / rank``.
        dropout: Before the adapters.
        target_modules: Names of the layers that get one, or ends of their names; every linear layer of the encoder
            where ``None``.

    Raises:
        RunspanError: The package for it is not installed, or no layer has such a name.
    """
    if importlib.util.find_spec("peft") is None:
        raise RunspanError("lora_rank needs a package that is not installed: pip install 'runspan[lora]'")
    from peft import LoraConfig, inject_adapter_in_model

    prefix = f"{model.base_model_prefix}."
    linear = [
        name for name, part in model.named_modules() if isinstance(part, torch.nn.Linear) and name.startswith(prefix)
    ]
    targets = list(target_modules) if target_modules else linear
    unknown = [name for name in targets if not any(_names(name, layer) for layer in linear)]
    if unknown:
        ends = sorted({layer.rpartition(".")[2] for layer in linear})
        raise RunspanError(
            f"lora_target_modules names {', '.join(unknown)}, which no linear layer of the encoder is called; "
            f"expected some of {', '.join(ends)}"
        )
    chosen = [layer for layer in linear if any(_names(name, layer) for name in targets)]
    inject_adapter_in_model(LoraConfig(r=rank, lora_alpha=alpha, lora_dropout=dropout, target_modules=chosen), model)
    for name, weight in model.named_parameters():
        weight.requires_grad_("lora_" in name or not name.startswith(prefix))


def _names(name: str, layer: str) -> bool:
    return layer == name or layer.endswith(f".{name}")


def merge_adapters(model: PreTrainedModel) -> None:
    """Add the adapters of a model to the weights beside them and take them out: the model is as it was, but trained."""
    from peft.tuners.tuners_utils import BaseTunerLayer

    for name, layer in list(model.named_modules()):
        if isinstance(layer, BaseTunerLayer):
            layer.merge()
            parent, _, own_name = name.rpartition(".")
            setattr(model.get_submodule(parent), own_name, layer.get_base_layer())
    if hasattr(model, "peft_config"):
        del model.peft_config
