"""Models by hub id: which commit is read, and what is said where it may not be the newest."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.publish.hub.conftest import Push, answering, client_env
from tests.publish.hub.server import Fault, Hub

REPO = "models/ada/m"
FILES = {"config.json": b"{}", "model.safetensors": b"weights", "runspan.json": b"{}", "training_args.bin": b"x"}


@pytest.fixture(scope="module")
def reader(served: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Push]:
    env = client_env(served, tmp_path_factory.mktemp("home"))
    env.pop("HF_TOKEN")
    with answering("tests.publish.hub.reader", env) as ask:
        yield ask


@pytest.fixture
def read(reader: Push, hub: Hub, tmp_path: Path) -> Push:
    """Reads a model, with a cache of the test's own; the hub has one with two commits, ``v1`` and ``main``."""
    repo = hub.create(REPO)
    repo.branches["v1"] = repo.commit("main", {**FILES, "model.safetensors": b"older"})
    repo.commit("main", FILES)

    def call(name: str = "ada/m", offline: bool = False) -> dict[str, Any]:
        return reader(name=name, cache=str(tmp_path), offline=offline)

    return call


def tip(hub: Hub, branch: str = "main") -> str:
    return hub.repos[REPO].branches[branch]


def test_the_newest_commit_is_read_and_named(read: Push, hub: Hub) -> None:
    expected = {"name": f"ada/m@{tip(hub)}", "files": ["config.json", "model.safetensors", "runspan.json"]}
    assert read() == {**expected, "warnings": []}
    hub.repos[REPO].commit("main", {**FILES, "model.safetensors": b"newer"})
    assert read()["name"] == f"ada/m@{tip(hub)}" != expected["name"]


def test_a_revision(read: Push, hub: Hub) -> None:
    assert read("ada/m@v1")["name"] == f"ada/m@{tip(hub, 'v1')}"
    assert read(f"ada/m@{tip(hub, 'v1')}")["name"] == f"ada/m@{tip(hub, 'v1')}"


def test_a_commit_that_is_there_is_not_looked_up(read: Push, hub: Hub) -> None:
    name = read()["name"]
    hub.steps.clear()
    assert read(name)["name"] == name
    assert not hub.steps


@pytest.mark.parametrize("fault", [500, 503, "cut"])
def test_an_older_commit_is_never_read_in_silence(read: Push, hub: Hub, fault: int | str) -> None:
    older = read()["name"]
    hub.repos[REPO].commit("main", {**FILES, "model.safetensors": b"newer"})
    hub.faults.append(Fault("info", fault))
    found = read()
    assert found["name"] == older
    (warning,) = found["warnings"]
    assert f"From the cache commit {older.partition('@')[2]} is used, which may not be the newest" in warning
    hub.faults.clear()
    assert read() == {**found, "name": f"ada/m@{tip(hub)}", "warnings": []}


def test_a_download_that_fails_is_no_older_commit_in_silence(read: Push, hub: Hub) -> None:
    read()
    hub.repos[REPO].commit("main", {**FILES, "model.safetensors": b"newer"})
    hub.faults += [Fault("head", 500), Fault("resolve", 500)]
    assert "not to be had from the hub" in read()["error"]


def test_a_refusal_is_no_reason_to_read_the_cache(read: Push, hub: Hub) -> None:
    read()
    del hub.repos[REPO]
    assert "not to be had from the hub" in read()["error"]


def test_offline_the_cache_is_read(read: Push, hub: Hub) -> None:
    assert "not to be had from the hub" in read(offline=True)["error"]
    name = read()["name"]
    hub.steps.clear()
    assert read(offline=True) == {**read(offline=True), "name": name, "warnings": []}
    assert not hub.steps


@pytest.mark.parametrize(("name", "said"), [("ada/none", "not to be had"), ("ada/m@none", "from the hub at none")])
def test_what_is_not_there(read: Push, name: str, said: str) -> None:
    error = read(name)["error"]
    assert said in error
    assert "Either make the hub reachable, or download it" in error
