"""Models converted for other engines: made once, kept beside the weights that they come from, checked against them.

A converted model lies in a folder of its own, ``runspan-openvino`` say (``openvino`` is what other tools write), with
all that running it takes, so that neither PyTorch nor the model library is loaded for it. Where nothing can be written
beside the weights, it lies in the user's cache.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from runspan.base.errors import RunspanError
from runspan.modeling.backends.backend import SavedTokenizer

_WEIGHTS = ("config.json", "*.safetensors", "*.py", "*.onnx", "*.onnx.data")
_TOKENIZERS = ("tokenizer*", "special_tokens_map.json", "vocab*", "merges.txt", "*.model")
_ABOUT = "model.json"
_TOKENIZER = "tokenizer.json"

Convert = Callable[[Any, Path], None]


@dataclass(frozen=True, slots=True)
class _About:
    """What ``model.json`` of a converted model says.

    Attributes:
        engine: Name and version of what converted it.
        sha256: Of the files that it comes from, see :func:`fingerprint`.
        tags: Names of the IOB2 tags, in order.
        longest_window: Tokens that it takes at once.
        token_ids: Of the special tokens, in the order of :class:`SavedTokenizer`.
    """

    engine: str
    sha256: str
    tags: list[str]
    longest_window: int
    token_ids: list[int | None]


@dataclass(frozen=True, slots=True)
class Converted:
    """A converted model: the folder where it lies, and what is needed around it."""

    folder: Path
    tags: list[str]
    longest_window: int
    tokenizer: SavedTokenizer


def fingerprint(folder: Path) -> str:
    """SHA-256 of the files of a model folder that decide what it predicts: weights, configuration, tokenizer."""
    digest = hashlib.sha256()
    for file in sorted({file for part in (*_WEIGHTS, *_TOKENIZERS) for file in folder.glob(part) if file.is_file()}):
        with file.open("rb") as content:
            digest.update(f"{file.name}\0{hashlib.file_digest(content, 'sha256').hexdigest()}\0".encode())
    return digest.hexdigest()


def converted_model(folder: Path, name: str, engine: str, convert: Convert, trust_remote_code: bool) -> Converted:
    """The model of a folder, converted; anew only where it is not there for these weights and this engine.

    Args:
        folder: A model folder.
        name: Of the folder with the converted model.
        engine: Name and version of what converts.
        convert: Writes a model of the model library into a folder.
        trust_remote_code: Whether code of the model's repository may run.

    Raises:
        RunspanError: The folder's model can't be loaded.
    """
    sha256 = fingerprint(folder)
    places = [folder / name, _user_cache() / f"{name}-{sha256[:16]}"]
    for place in places:
        about = _read(place)
        if about and (about.engine, about.sha256) == (engine, sha256):
            return _open(place, about)
    place, about = _convert(places, folder, engine, sha256, convert, trust_remote_code)
    return _open(place, about)


def _convert(
    places: list[Path], folder: Path, engine: str, sha256: str, convert: Convert, trust_remote_code: bool
) -> tuple[Path, _About]:
    from runspan.modeling.encoder import load_model, load_tokenizer, longest_window, model_tags

    model, tokenizer = load_model(folder, trust_remote_code), load_tokenizer(folder, trust_remote_code)
    ids = [getattr(tokenizer, f"{name}_token_id") for name in ("unk", "mask", "pad", "eos")]
    about = _About(engine, sha256, model_tags(model.config) or [], longest_window(model.config), ids)
    place, made = _writable(places)
    try:
        convert(model, made)
        tokenizer.backend_tokenizer.save(str(made / _TOKENIZER))
        (made / _ABOUT).write_text(json.dumps(asdict(about), indent=2) + "\n", encoding="utf-8")
        shutil.rmtree(place, ignore_errors=True)  # of other weights, or of another version
        try:
            made.replace(place)
        except OSError:  # another process was faster
            if _read(place) != about:
                raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return place, about


def _writable(places: list[Path]) -> tuple[Path, Path]:
    """The first of the places beside which a folder can be made, and such a folder."""
    for i, place in enumerate(places):
        try:
            made = place.with_name(f".{place.name}-{os.getpid()}")
            made.mkdir(parents=True, exist_ok=True)
            return place, made
        except OSError:
            if i == len(places) - 1:
                raise
    raise AssertionError("no places")


def _read(place: Path) -> _About | None:
    try:
        return _About(**json.loads((place / _ABOUT).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def open_exported(folder: Path) -> Converted:
    """A converted model that lies for itself, without the weights that it comes from.

    Raises:
        RunspanError: The folder holds none, or only a part of one.
    """
    about = _read(folder)
    if about is None or not (folder / _TOKENIZER).is_file():
        raise RunspanError(f"{folder}: no exported model; expected {_ABOUT}, {_TOKENIZER} and model.onnx or int8.onnx")
    return _open(folder, about)


def _open(place: Path, about: _About) -> Converted:
    backend = Tokenizer.from_file(str(place / _TOKENIZER))
    tokenizer = SavedTokenizer(backend, str(place), *about.token_ids)
    return Converted(place, about.tags, about.longest_window, tokenizer)


def _user_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "runspan"
