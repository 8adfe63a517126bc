"""Keeps what is the publisher's own out of what is published: tokens, and paths of the machine."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from runspan.base.errors import RunspanError

_SECRET_NAME = re.compile(r"(?:^|_)(?:token|secret|password|passwd|api_key|access_key)$", re.I)
_TOKEN = re.compile(r"(?<![A-Za-z0-9])(?:hf_[A-Za-z0-9]{30,}|gh[pousr]_[A-Za-z0-9]{30,}|AKIA[A-Z0-9]{16})")
_TOKEN_VARIABLES = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_HUB_TOKEN")
_SHORTEST_TOKEN = 8  # characters: less would be found in any text
_URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.I)


def without_secrets(content: Any) -> Any:
    """Settings without values that may be secret, and with the last part in place of a path of the machine.

    >>> without_secrets({"hub_token": "x", "output_dir": "/home/me/build/model", "seed_dir": ["data/seeds", "../mine"]})
    {'output_dir': 'model', 'seed_dir': ['data/seeds', 'mine']}
    >>> without_secrets({"num_tokens": 5, "name": "org/model", "source": "https://host/a"})
    {'num_tokens': 5, 'name': 'org/model', 'source': 'https://host/a'}
    """
    if isinstance(content, Mapping):
        return {key: without_secrets(value) for key, value in content.items() if not _SECRET_NAME.search(str(key))}
    if isinstance(content, list | tuple):
        return [without_secrets(value) for value in content]
    return _without_place(content) if isinstance(content, str) else content


def _without_place(text: str) -> str:
    """The last part of a path that leads out of the working folder; any other text as it is.

    >>> _without_place("~/x/y"), _without_place("C:\\\\me\\\\seeds"), _without_place("data/seeds"), _without_place("/")
    ('y', 'seeds', 'data/seeds', '')
    """
    if _URL.match(text):
        return text
    path = PureWindowsPath(text) if re.match(r"[A-Za-z]:[\\/]|\\\\", text) else PurePosixPath(text)
    outside = path.is_absolute() or path.parts[:1] in (("~",), ("..",)) or ".." in path.parts
    return path.name if outside else text


def check_no_tokens(files: Iterable[Path]) -> None:
    """Make sure that no file holds the token in use, or anything of the form of an access token.

    Raises:
        RunspanError: One does; the message names the file and not the token.
    """
    known = [token.encode() for token in _known_tokens()]
    for file in files:
        content = file.read_bytes()
        if any(token in content for token in known) or (_is_text(content) and _TOKEN.search(content.decode())):
            raise RunspanError(f"{file.name}: holds an access token, so nothing is published; take the token out of it")


def _known_tokens() -> set[str]:
    """The tokens that the hub's client would use."""
    from huggingface_hub import get_token

    found = {os.environ.get(name, "") for name in _TOKEN_VARIABLES} | {get_token() or ""}
    return {token for token in found if len(token) >= _SHORTEST_TOKEN}


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
