"""A staged folder → one commit of a repository of the hub: all of it, or nothing.

The client repeats some requests by itself, but never a commit, and a commit whose reply is lost may be there. So after
every failure the tip of the branch is read again and compared, file by file, with what was sent; only where it is
still the old one is the commit sent again, and the hub takes it only onto that.
"""

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError
from huggingface_hub.hf_api import RepoFile

from runspan.base.errors import RunspanError
from runspan.publish.hub.hub_errors import CONFLICT, HUB_ERRORS, explain, is_transient, status_of
from runspan.publish.hub.staging import StagedFile, superseded

_PAUSES = (1.0, 4.0, 10.0)  # seconds before each further try; the client's own tries take half a minute each time
_NOT_FOUND = (401, 404)  # the hub hides what a token may not see
_READ_ONLY = "read"
_MAIN = "main"

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Target:
    """Where something is published.

    Attributes:
        repo_id: ``NAMESPACE/NAME``.
        repo_type: ``model`` or ``dataset``.
        revision: Branch; it is made where it does not exist.
        private: Whether nobody else may see it.
    """

    repo_id: str
    repo_type: str = "model"
    revision: str = _MAIN
    private: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """What became of it.

    Attributes:
        commit: The commit that holds the files.
        is_new: Whether it was made now; the files may have been there.
        warnings: What the hub said of the card.
    """

    commit: str
    is_new: bool = True
    warnings: tuple[str, ...] = ()


def publish(folder: Path, files: Sequence[StagedFile], target: Target, message: str) -> Published:
    """Publish a staged folder as one commit.

    Args:
        folder: Where the files lie.
        files: What is in it.
        target: Where it goes.
        message: Of the commit.

    Raises:
        RunspanError: The hub refuses it, can't be reached, or someone else changed the branch meanwhile. Then the
            branch is as it was.
    """
    api = HfApi()
    _check_token(api, target)
    tip = _prepare(api, target)
    if _is_published(api, target, tip, files):
        return Published(tip, is_new=False)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        commit = _commit(api, folder, files, target, tip, message)
    said = dict.fromkeys(str(one.message) for one in caught if issubclass(one.category, UserWarning))
    return Published(commit, warnings=tuple(said))


def find_published(files: Sequence[StagedFile], target: Target) -> str | None:
    """The tip of a branch if it holds exactly these files of ours; ``None`` if it holds others.

    Raises:
        RunspanError: The hub does not tell.
    """
    api = HfApi()
    tip = _retrying(lambda: _tip(api, target), target)
    return tip if tip and _is_published(api, target, tip, files) else None


def _check_token(api: HfApi, target: Target) -> None:
    """Make sure that the hub knows the token and that it may write; where to, the hub says later."""
    user = _retrying(api.whoami, target)
    access = (user.get("auth") or {}).get("accessToken") or {}
    if access.get("role") == _READ_ONLY:
        raise RunspanError(f"{target.repo_id}: the token may only read; take one with the role write")


def _prepare(api: HfApi, target: Target) -> str:
    """The tip of the target's branch; repository and branch are made where they are missing."""
    tip = _retrying(lambda: _tip(api, target), target)
    if tip is None:
        _retrying(lambda: _create(api, target), target)
        tip = _retrying(lambda: _tip(api, target), target)
    if tip is None:
        raise RunspanError(f"{target.repo_id}: the branch {target.revision} can't be made; make it on the hub first")
    if target.private and not _retrying(lambda: _is_private(api, target), target):
        raise RunspanError(
            f"{target.repo_id}: exists and is public, so nothing was sent; leave --private out, or hide it"
        )
    return tip


def _create(api: HfApi, target: Target) -> None:
    """Make a repository, and the branch where it is another than the main one; what is there already stays."""
    kind = target.repo_type
    if not api.repo_exists(target.repo_id, repo_type=kind):
        api.create_repo(target.repo_id, repo_type=kind, private=target.private)
    if target.revision != _MAIN:
        api.create_branch(target.repo_id, branch=target.revision, repo_type=kind, exist_ok=True)


def _commit(api: HfApi, folder: Path, files: Sequence[StagedFile], target: Target, tip: str, message: str) -> str:
    """Send the commit until it is there."""
    gone = superseded(_tree(api, target, tip), files, target.repo_type)
    for pause in (*_PAUSES, None):
        try:
            return api.create_commit(
                target.repo_id,
                [
                    *(CommitOperationAdd(file.path, folder / file.path) for file in files),
                    *(CommitOperationDelete(path) for path in gone),
                ],
                commit_message=message,
                repo_type=target.repo_type,
                revision=target.revision,
                parent_commit=tip,
            ).oid
        except HUB_ERRORS as error:
            now = _look_again(api, target)
            if now != tip:
                if _is_published(api, target, now, files):
                    return now
                raise RunspanError(
                    f"{target.repo_id}: {target.revision} moved from {tip[:8]} to {now[:8]} while this was sent, so "
                    "nothing was published; look at what is there, and push again"
                ) from error
            if pause is None or not (is_transient(error) or status_of(error) == CONFLICT):
                raise explain(error, target.repo_id) from error
            time.sleep(pause)
    raise AssertionError("unreachable")


def _look_again(api: HfApi, target: Target) -> str:
    """The tip of the branch after a commit that was not confirmed."""
    try:
        tip = _retrying(lambda: _tip(api, target), target)
    except RunspanError as error:
        raise RunspanError(
            f"{error}. Whether the commit arrived is not known: push again, which sends nothing twice"
        ) from error
    if tip is None:
        raise RunspanError(f"{target.repo_id}: the repository or the branch went away while this was sent")
    return tip


def _tip(api: HfApi, target: Target) -> str | None:
    """The commit that the branch points at; ``None`` where there is no such repository or branch."""
    try:
        return api.repo_info(target.repo_id, repo_type=target.repo_type, revision=target.revision).sha
    except (RepositoryNotFoundError, RevisionNotFoundError):
        return None
    except HUB_ERRORS as error:
        if status_of(error) in _NOT_FOUND:
            return None
        raise


def _is_private(api: HfApi, target: Target) -> bool:
    return bool(api.repo_info(target.repo_id, repo_type=target.repo_type).private)


def _tree(api: HfApi, target: Target, commit: str) -> dict[str, RepoFile]:
    def read() -> dict[str, RepoFile]:
        entries = api.list_repo_tree(target.repo_id, recursive=True, revision=commit, repo_type=target.repo_type)
        return {entry.path: entry for entry in entries if isinstance(entry, RepoFile)}

    return _retrying(read, target)


def _is_published(api: HfApi, target: Target, commit: str, files: Sequence[StagedFile]) -> bool:
    """Whether a commit holds exactly these files, by their checksums, and none that an earlier push left."""
    tree = _tree(api, target, commit)
    return not superseded(tree, files, target.repo_type) and all(_is_same(tree.get(file.path), file) for file in files)


def _is_same(entry: RepoFile | None, file: StagedFile) -> bool:
    if entry is None or entry.size != file.size:
        return False
    return entry.lfs.sha256 == file.sha256 if entry.lfs else entry.blob_id == file.git_sha1


def _retrying(request: Callable[[], Result], target: Target) -> Result:
    """The answer to a request that changes nothing, asked again where that can help."""
    for pause in (*_PAUSES, None):
        try:
            return request()
        except HUB_ERRORS as error:
            if pause is None or not is_transient(error):
                raise explain(error, target.repo_id) from error
            time.sleep(pause)
    raise AssertionError("unreachable")
