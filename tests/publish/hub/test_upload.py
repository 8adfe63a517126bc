"""Publishing while the hub fails: one commit or none, and one line that says which."""

import os
from pathlib import Path

import pytest

from tests.publish.hub.conftest import Push
from tests.publish.hub.server import READ, Fault, Hub

ALWAYS = 10**6
REPO = "models/ada/m"
CARD = "---\nlicense: mit\n---\n\n# m\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "README.md").write_text(CARD)
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(os.urandom(20_000))
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_one_commit_with_all_files(client: Push, hub: Hub, folder: Path) -> None:
    outcome = client(folder)
    assert outcome == {"commit": hub.repos[REPO].branches["main"], "is_new": True}
    assert hub.files(REPO) == contents(folder)
    assert hub.commits(REPO) == 1
    assert bool(hub.steps["xorb"]) == client.xet  # type: ignore[attr-defined]
    assert bool(hub.steps["put"]) != client.xet  # type: ignore[attr-defined]


def test_pushing_again_sends_nothing(client: Push, hub: Hub, folder: Path) -> None:
    first = client(folder)
    assert client(folder) == {"commit": first["commit"], "is_new": False}
    assert hub.steps["commit"] == 1


def test_files_of_an_earlier_push_go_and_others_stay(client: Push, hub: Hub, folder: Path) -> None:
    repo = hub.create(REPO)
    repo.commit("main", {"calibration.json": b"{}", "notes.md": b"mine", "config.json": b"old"})
    assert "commit" in client(folder)
    assert hub.files(REPO) == {**contents(folder), "notes.md": b"mine"}


COMMON = ("whoami", "create", "validate", "info", "tree", "preupload", "commit")
LFS, XET = ("batch", "put", "verify"), ("xet_token", "xorb", "shard")
PASSING = [  # what the client or runspan repeats
    *((step, 500, 2) for step in (*COMMON, *LFS, *XET)),
    *((step, "cut", 1) for step in (*COMMON, *LFS, *XET)),
    ("validate", "page", 2),
    ("commit", "page", 2),
    ("put", "damage", 1),
    ("create", "lost", 1),
    ("commit", "lost", 1),
    ("commit", 503, 3),
    ("verify", 500, ALWAYS),  # at the next try the hub has the file, and it need not be confirmed
]


@pytest.mark.parametrize("fault", PASSING, ids=str)
def test_passing_faults_end_in_one_commit(
    client: Push, hub: Hub, folder: Path, fault: tuple[str, int | str, int]
) -> None:
    hub.faults.append(Fault(*fault))
    assert client(folder).get("commit") == hub.repos[REPO].branches["main"]
    assert hub.files(REPO) == contents(folder)
    assert hub.commits(REPO) == 1


LASTING = [
    *((step, 500, "the hub failed") for step in COMMON),
    ("preupload", 403, "the token may not write there"),
    ("create", 403, "the token may not write there"),
    ("create", 402, "refused by the hub"),
    ("commit", 503, "the hub failed"),
    ("validate", "page", "its answer is no JSON"),
    ("commit", 400, "refused by the hub"),
    ("commit", "cut", "could not be reached"),
]
LASTING_LFS = [
    *((step, 500, "the hub failed") for step in ("batch", "put")),
    ("put", "cut", "could not be reached"),
    ("put", "damage", "did not match the calculated checksum"),
]
LASTING_XET = [(step, 500, "HF_HUB_DISABLE_XET=1") for step in XET]


@pytest.mark.parametrize(("step", "kind", "said"), LASTING + LASTING_LFS + LASTING_XET)
def test_lasting_faults_leave_nothing(
    client: Push, hub: Hub, folder: Path, step: str, kind: int | str, said: str
) -> None:
    hub.faults.append(Fault(step, kind))
    outcome = client(folder)
    if step not in hub.steps:  # a step of the other way
        assert hub.files(REPO) == contents(folder)
        return
    assert said in outcome["error"]
    assert "\n" not in outcome["error"]
    assert hub.commits(REPO) == 0


REFUSED = [
    ({"token": "hf_" + "x" * 34}, "the hub does not accept the token"),
    ({"token": ""}, "no token for the hub"),
    ({"token": READ}, "the token may only read"),
    ({"repo_id": "other/m"}, "the token may not write there"),
]


@pytest.mark.parametrize(("call", "said"), REFUSED)
def test_what_the_hub_refuses(client: Push, hub: Hub, folder: Path, call: dict[str, str], said: str) -> None:
    error = client(folder, **call)["error"]
    assert said in error
    assert "\n" not in error
    assert not hub.repos


def test_a_card_that_the_hub_refuses(client: Push, hub: Hub, folder: Path) -> None:
    (folder / "README.md").write_text("---\ntags: [forbidden]\n---\n")
    assert '"tags" has a forbidden one' in client(folder)["error"]
    assert hub.steps["commit"] == hub.steps["put"] == hub.steps["xorb"] == 0


def test_someone_else_was_faster(client: Push, hub: Hub, folder: Path) -> None:
    hub.faults.append(Fault("commit", "race", 1))
    assert "while this was sent, so nothing was published" in client(folder)["error"]
    assert hub.files(REPO) == {"other.txt": b"other"}


def test_the_hub_goes_away_behind_the_commit(client: Push, hub: Hub, folder: Path) -> None:
    hub.create(REPO)
    hub.faults.append(Fault("commit", "gone", 1))
    error = client(folder)["error"]
    assert "Whether the commit arrived is not known: push again, which sends nothing twice" in error
    hub.faults.clear()
    assert client(folder) == {"commit": hub.repos[REPO].branches["main"], "is_new": False}


def test_a_public_repository_takes_nothing_private(client: Push, hub: Hub, folder: Path) -> None:
    hub.create(REPO)
    assert "exists and is public, so nothing was sent" in client(folder, private=True)["error"]
    assert hub.commits(REPO) == 0


def test_private_and_on_a_branch(client: Push, hub: Hub, folder: Path) -> None:
    assert "commit" in client(folder, private=True, revision="trial")
    assert hub.repos[REPO].private
    assert hub.files(REPO, "trial") == contents(folder)
    assert hub.files(REPO) == {}


def test_a_dataset(client: Push, hub: Hub, folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "train.parquet")
    assert "commit" in client(folder, repo_type="dataset")
    assert hub.files("datasets/ada/m") == contents(folder)


def test_a_last_look_tells_what_is_there(client: Push, hub: Hub, folder: Path) -> None:
    assert client(folder, look=True) == {"commit": None}
    commit = client(folder)["commit"]
    assert client(folder, look=True) == {"commit": commit}
    (folder / "config.json").write_text('{"a": 1}')
    assert client(folder, look=True) == {"commit": None}


def test_without_xet_on_the_server(client: Push, hub: Hub, folder: Path) -> None:
    hub.has_xet = False
    outcome = client(folder)
    if client.xet:  # type: ignore[attr-defined]
        assert "HF_HUB_DISABLE_XET=1 goes another way" in outcome["error"]
        assert hub.commits(REPO) == 0
    else:
        assert hub.files(REPO) == contents(folder)
