"""A hub on loopback, and clients of it in processes of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY
from tests.publish.hub.server import WRITE, Hub, running_hub
from tests.publish.hub.trained_folder import write_trained_folder

Push = Callable[..., dict[str, Any]]


def client_env(hub: Hub, home: Path, xet: bool = True) -> dict[str, str]:
    """Environment of a process that knows no other hub than this one."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))}
    return env | {
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_XET": "0" if xet else "1",
        "HF_TOKEN": WRITE,
        "HF_XET_CLIENT_RETRY_BASE_DELAY": "10ms",
        "PYTHONPATH": os.pathsep.join([str(REPOSITORY / "src"), str(REPOSITORY)]),
    }


@pytest.fixture(scope="session")
def served() -> Iterator[Hub]:
    with running_hub() as hub:
        yield hub


@pytest.fixture
def hub(served: Hub) -> Hub:
    """An empty hub."""
    served.repos.clear()
    served.lfs.clear()
    served.faults.clear()
    served.steps.clear()
    served.has_xet = True
    return served


@contextmanager
def answering(module: str, env: Mapping[str, str]) -> Iterator[Push]:
    """A module that answers calls, in a process of its own."""
    command = [sys.executable, "-m", module]
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin
        assert stdout

        def ask(**call: Any) -> dict[str, Any]:
            stdin.write(json.dumps(call) + "\n")
            stdin.flush()
            return json.loads(stdout.readline())

        yield ask
        stdin.close()


@pytest.fixture(scope="session", params=["xet", "lfs"])
def client(request: pytest.FixtureRequest, served: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Push]:
    """Publishes a folder, in a process with Xet and in one without."""
    env = client_env(served, tmp_path_factory.mktemp("home"), xet=request.param == "xet")
    with answering("tests.publish.hub.client", env) as ask:

        def push(folder: Path, **call: Any) -> dict[str, Any]:
            return ask(**{"folder": str(folder), "repo_id": "ada/m", "token": WRITE, **call})

        push.xet = request.param == "xet"  # type: ignore[attr-defined]
        yield push


@pytest.fixture(scope="session")
def trained_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder with all that lies about in one."""
    return write_trained_folder(tmp_path_factory.mktemp("trained"))
