"""A model's hub id and revision → the folder with its files at one commit, from the hub or from the local cache.

A branch is looked up first, so that it is known which commit is read. Where the hub does not answer, the commit that
was read last is taken from the cache, with a warning that names it. A commit that is given in full is not looked up.
"""

import logging
import re
from pathlib import Path

from runspan.base.errors import RunspanError

_FILES = ["*.json", "*.txt", "*.model", "model*.safetensors"]
_COMMIT = re.compile(r"[0-9a-f]{40}")
_SECONDS = 10.0  # to wait for the hub's answer on what a branch points at
_REFUSALS = (401, 403, 404)
_log = logging.getLogger(__name__)


class NotToBeHadError(RunspanError):
    """A model is neither to be had from the hub nor in the cache; the message is the reason alone."""


def fetch(name: str, revision: str | None = None) -> Path:
    """The folder with the files of a model of the hub; its name is that of the commit.

    Args:
        name: Hub id.
        revision: Branch, tag or commit; the main branch by default.

    Raises:
        NotToBeHadError: The hub refuses it, or does not answer and the cache lacks it.
    """
    from huggingface_hub import HfApi, constants, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    try:
        if constants.HF_HUB_OFFLINE or (revision and _COMMIT.fullmatch(revision)):
            return Path(snapshot_download(name, revision=revision, allow_patterns=_FILES))
        commit = HfApi().model_info(name, revision=revision, timeout=_SECONDS).sha
        folder = Path(snapshot_download(name, revision=revision, allow_patterns=_FILES))
        if folder.name == commit:  # else the hub failed in between, and this is another commit
            return folder
        return Path(snapshot_download(name, revision=commit, allow_patterns=_FILES))
    except (http_error(), HFValidationError, OSError) as error:
        refused = isinstance(error, HfHubHTTPError) and error.response.status_code in _REFUSALS
        if refused or isinstance(error, HFValidationError) or constants.HF_HUB_OFFLINE:
            raise NotToBeHadError(reason(error)) from error
        return _cached(name, revision, error)


def http_error() -> type[Exception]:
    """What the hub's client raises where a connection fails: the base class of its HTTP library."""
    from huggingface_hub.errors import HfHubHTTPError

    return HfHubHTTPError.__bases__[0]  # which library that is depends on the client's release


def _cached(name: str, revision: str | None, error: Exception) -> Path:
    """What the cache has of a model, in place of what the hub did not give."""
    from huggingface_hub import snapshot_download

    try:
        folder = Path(snapshot_download(name, revision=revision, allow_patterns=_FILES, local_files_only=True))
    except OSError:
        raise NotToBeHadError(reason(error)) from error
    _log.warning(
        "%s: the hub did not give it (%s). From the cache commit %s is used, which may not be the newest; "
        "name a commit to be sure: %s@%s",
        *(name, reason(error), folder.name, name, folder.name),
    )
    return folder


def commit_of(folder: Path) -> str | None:
    """The commit whose files a folder of the hub's cache holds; ``None`` for any other folder.

    >>> commit_of(Path("hub/models--a--b/snapshots/" + 40 * "0")) == 40 * "0", commit_of(Path("build/model"))
    (True, None)
    """
    return folder.name if folder.parent.name == "snapshots" and _COMMIT.fullmatch(folder.name) else None


def reason(error: BaseException) -> str:
    """What an error says, in one line.

    >>> reason(OSError(" ")), reason(OSError("Got: X\\nmore"))
    ('OSError', 'Got: X')
    """
    text = getattr(error, "server_message", None) or str(error)
    return (text.strip().splitlines() or [type(error).__name__])[0]
