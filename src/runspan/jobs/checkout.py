"""The commit that the code runs from."""

import subprocess
from pathlib import Path


def git_commit(folder: Path = Path(__file__).parents[1]) -> str | None:
    """Commit of the checkout that the code runs from, ``+changes`` where it was changed; ``None`` outside of one."""
    try:
        commit = _git(folder, "rev-parse", "HEAD")
        changed = _git(folder, "status", "--porcelain", "--untracked-files=no", ".")
    except (OSError, subprocess.CalledProcessError):
        return None
    return commit + ("+changes" if changed else "")


def _git(folder: Path, *command: str) -> str:
    result = subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True, text=True)
    return result.stdout.strip()
