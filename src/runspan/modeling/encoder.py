"""The encoder: from the files of a folder to a model and its tokenizer."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import (
    AutoConfig,
    AutoModelForTokenClassification,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from runspan.base.errors import RunspanError
from runspan.base.labels import OUTSIDE, labels_of, tag_names
from runspan.modeling.attention import LEAN, register_lean_attention

_log = logging.getLogger(__name__)
_ATTENTION_DROPOUTS = ("attention_probs_dropout_prob", "attention_dropout")  # as configurations name them
_HIDDEN_DROPOUTS = ("hidden_dropout_prob", "mlp_dropout", "embedding_dropout", "dropout")
_OFFSET_POSITIONS = frozenset({"roberta", "xlm-roberta", "camembert", "mpnet", "longformer"})
_TOKENIZER_FILES = frozenset({"tokenizer", "vocab"})  # with any suffix


def load_tokenizer(folder: Path, trust_remote_code: bool = False) -> PreTrainedTokenizerBase:
    """The fast tokenizer of a model folder."""
    if not any(file.suffix == ".model" or file.stem in _TOKENIZER_FILES for file in folder.iterdir()):
        raise RunspanError(f"{folder}: no tokenizer in it; expected tokenizer.json beside the weights")
    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            folder, use_fast=True, trust_remote_code=trust_remote_code
        )
    except (OSError, ValueError) as error:
        raise RunspanError(f"{folder}: its tokenizer can't be loaded ({_first_line(error)})") from error
    return tokenizer


def load_new_model(
    folder: Path,
    labels: Sequence[str],
    attention_dropout: float | None = None,
    hidden_dropout: float | None = None,
    attn_implementation: str | None = None,
    *,
    trust_remote_code: bool = False,
) -> PreTrainedModel:
    """An encoder with a classification head for the tags of ``labels``.

    A folder that holds a fine-tuned model keeps its head. It must have the same labels in the same order, or ``labels``
    must hold all of its and more: then what the head knows of its labels stays, and the others begin untrained.

    Args:
        folder: Where the encoder lies.
        labels: Labels, in order.
        attention_dropout: Dropout of attention weights; the encoder's own where ``None``.
        hidden_dropout: Dropout of hidden states; the encoder's own where ``None``.
        attn_implementation: ``eager``, ``sdpa``, ``lean`` (:mod:`runspan.modeling.attention`) and so on; the library's
            choice where ``None``.
        trust_remote_code: Whether code of the encoder's repository may run.

    Raises:
        RunspanError: The folder's model was fine-tuned for other labels, or its weights are not safetensors.
    """
    tags = tag_names(labels)
    config = _load_config(folder, trust_remote_code)
    known = model_tags(config)
    grows = known is not None and set(known) < set(tags)
    if known is not None and known != tags and not grows:
        raise RunspanError(
            f"{folder}: the model's labels are {', '.join(labels_of(known))}; the configured ones are "
            f"{', '.join(labels)}. Set `labels` to the model's, in that order, or to all of them and more, or start "
            "from an encoder without a head"
        )
    options = _names_of(known if known is not None and grows else tags)
    for rate, names in ((attention_dropout, _ATTENTION_DROPOUTS), (hidden_dropout, _HIDDEN_DROPOUTS)):
        if rate is not None:
            options |= {name: rate for name in names if hasattr(config, name)}
    if attn_implementation == LEAN:
        register_lean_attention()
    if attn_implementation is not None:
        options["attn_implementation"] = attn_implementation
    model = _load_with_missing(folder, trust_remote_code=trust_remote_code, **options)[0]
    if known is not None and grows:
        _grow_head(model, known, tags, folder)
        new = [label for label in labels if label not in labels_of(known)]
        _log.warning(
            "%s: was fine-tuned for %s; its head is kept for these, and begins untrained for %s",
            *(folder, ", ".join(labels_of(known)), ", ".join(new)),
        )
    return model


def _names_of(tags: Sequence[str]) -> dict[str, Any]:
    return {"id2label": dict(enumerate(tags)), "label2id": {tag: i for i, tag in enumerate(tags)}}


def _grow_head(model: PreTrainedModel, known: Sequence[str], tags: Sequence[str], folder: Path) -> None:
    """Give a head rows for more tags; those of the tags that it knows stay."""
    base = f"{model.base_model_prefix}."
    layers = [
        (name, part)
        for name, part in model.named_modules()
        if isinstance(part, torch.nn.Linear) and part.out_features == len(known) and not name.startswith(base)
    ]
    if not layers:
        raise RunspanError(f"{folder}: no head with a row for each of its tags; start from an encoder without a head")
    name, old = layers[-1]
    grown = torch.nn.Linear(old.in_features, len(tags), bias=old.bias is not None)
    model._init_weights(grown)
    rows = [tags.index(tag) for tag in known]
    with torch.no_grad():
        grown.weight[rows] = old.weight
        if old.bias is not None:
            grown.bias[rows] = old.bias
    parent, _, own_name = name.rpartition(".")
    setattr(model.get_submodule(parent), own_name, grown)
    for option, value in _names_of(tags).items():
        setattr(model.config, option, value)
    model.num_labels = len(tags)


def load_model(folder: Path, trust_remote_code: bool = False) -> PreTrainedModel:
    """A fine-tuned token classifier.

    Raises:
        RunspanError: The folder's model has no IOB2 tags, or no weights for them.
    """
    config = _load_config(folder, trust_remote_code)
    tags = model_tags(config) or []
    foreign = [tag for tag in tags if tag != OUTSIDE and tag[:2] not in ("B-", "I-")]
    headless = [tag for tag in tags if tag.startswith("I-") and f"B-{tag[2:]}" not in tags]
    if not tags or foreign or headless:
        found = ", ".join((foreign or headless or [str(name) for name in config.id2label.values()])[:3])
        raise RunspanError(
            f"{folder}: its labels are no IOB2 tags (found {found}; expected O, and B-x with I-x for each label); "
            "take a model fine-tuned with train.py, or another one with such tags"
        )
    model, missing = _load_with_missing(folder, trust_remote_code=trust_remote_code)
    if missing:
        raise RunspanError(
            f"{folder}: its weights lack {', '.join(sorted(missing)[:3])}; expected a model fine-tuned with train.py"
        )
    return model


def model_tags(config: Any) -> list[str] | None:
    """IOB2 tags of a model's configuration in order of their ids; ``None`` for a model without them."""
    tags = [str(config.id2label[i]) for i in sorted(config.id2label)]
    return tags if "O" in tags and labels_of(tags) else None


def freeze(model: PreTrainedModel, embeddings: bool, layers: int) -> None:
    """Leave weights of an encoder as they are: training them costs more than it gives where time is short.

    Args:
        model: An encoder with a head.
        embeddings: Whether the word embeddings stay.
        layers: How many of the lowest layers stay, and all of the embeddings with them.

    Raises:
        RunspanError: The encoder has fewer layers.
    """
    model.get_input_embeddings().weight.requires_grad_(not embeddings)
    if not layers:
        return
    found = [module for module in model.base_model.modules() if isinstance(module, torch.nn.ModuleList)]
    depth = model.config.num_hidden_layers
    (stack,) = [module for module in found if len(module) == depth][:1] or [None]
    if stack is None or layers > depth:
        raise RunspanError(f"freeze_layers is {layers}; the encoder has {depth if stack is not None else 'no'} layers")
    frozen = [*stack[:layers], *(part for name, part in model.base_model.named_children() if "embed" in name)]
    for part in frozen:
        part.requires_grad_(False)


def longest_window(config: Any) -> int:
    """Tokens that a model of this configuration takes at once, special tokens included."""
    positions = getattr(config, "max_position_embeddings", None) or 512
    padding = getattr(config, "pad_token_id", None)
    offset = padding + 1 if padding is not None and config.model_type in _OFFSET_POSITIONS else 0
    return int(positions) - offset


def _load_config(folder: Path, trust_remote_code: bool) -> Any:
    try:
        return AutoConfig.from_pretrained(folder, trust_remote_code=trust_remote_code)
    except (OSError, ValueError, KeyError) as error:
        raise RunspanError(f"{folder}: its config.json can't be used ({_first_line(error)})") from error


def _load_with_missing(folder: Path, **options: Any) -> tuple[PreTrainedModel, set[str]]:
    """A token classifier, and the names of its weights that the folder lacks."""
    try:
        model, info = AutoModelForTokenClassification.from_pretrained(
            folder, use_safetensors=True, output_loading_info=True, **options
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise RunspanError(
            f"{folder}: its weights can't be loaded ({_first_line(error)}); expected model.safetensors"
        ) from error
    return model, set(info["missing_keys"])


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
