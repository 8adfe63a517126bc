"""``runspan push`` as a user calls it, and a published model as a user reads with it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from runspan.base.documents import Document, Span
from runspan.cli.main import main
from runspan.modeling.dataset import build_dataset, save_dataset
from tests.conftest import REPOSITORY
from tests.publish.hub.conftest import client_env
from tests.publish.hub.server import WRITE, Fault, Hub
from tests.publish.hub.trained_folder import PLACE, SENTENCE, SPANS, STAGED

REPO = "models/ada/m"
Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def runspan(hub: Hub, tmp_path: Path) -> Call:
    """The command line, in a process of its own whose every file lies in a folder of the test's."""
    places = {name: str(tmp_path / name.lower()) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME")}
    for place in places.values():
        Path(place).mkdir()

    def call(*arguments: str, xet: bool = False, **env: str) -> subprocess.CompletedProcess[str]:
        settings = {**client_env(hub, tmp_path / "hf", xet), **places, **env}
        command = [sys.executable, "-m", "tests.publish.hub.impatient", *arguments]
        return subprocess.run(command, env=settings, cwd=REPOSITORY, capture_output=True, text=True, check=False)

    return call


@pytest.fixture
def push(runspan: Call, trained_dir: Path) -> Call:
    """Pushes the trained model."""

    def call(*options: str, **env: str) -> subprocess.CompletedProcess[str]:
        return runspan("push", "--model", str(trained_dir), "--repo_id", "ada/m", *options, **env)  # type: ignore[arg-type]

    return call


@pytest.mark.parametrize("xet", [pytest.param(True, id="xet"), pytest.param(False, id="lfs", marks=pytest.mark.slow)])
def test_a_model_is_published_and_read_back(push: Call, hub: Hub, trained_dir: Path, tmp_path: Path, xet: bool) -> None:
    done = push(xet=xet)  # type: ignore[arg-type]
    assert done.returncode == 0, done.stderr
    assert f"read back and compared: ada/m@{hub.repos[REPO].branches['main']}" in done.stderr
    files = hub.files(REPO)
    assert set(files) == STAGED
    assert files["model.safetensors"] == (trained_dir / "model.safetensors").read_bytes()
    assert bool(hub.steps["xorb"]) == xet
    everything = b"".join([*files.values(), done.stdout.encode(), done.stderr.encode()])
    assert PLACE.encode() not in everything
    assert b"swordfish" not in everything
    left = [path for path in tmp_path.rglob("*") if path.is_file() and not path.is_symlink()]
    assert WRITE.encode() not in everything + b"".join(path.read_bytes() for path in left)


def test_a_dry_run_sends_nothing(push: Call, hub: Hub) -> None:
    done = push("--dry_run", HF_ENDPOINT="http://127.0.0.1:9", HF_TOKEN="")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("---\n")
    assert all(name in done.stderr for name in STAGED)
    assert not hub.steps


MISTAKES = [
    (["--repo_id", "m"], "--repo_id is 'm', expected NAMESPACE/NAME"),
    (["--dataset_id", "a/b/c"], "--dataset_id is 'a/b/c', expected NAMESPACE/NAME"),
    (["--country", "Atlantis"], "--country is 'Atlantis', expected the name of a country"),
    (["--license", "gpl-2.0-or-later"], "license is 'gpl-2.0-or-later', expected an identifier that the hub knows"),
    (["--language", "english"], "language has 'english', expected a code of ISO 639"),
    (["--model", "build/nowhere"], "build/nowhere: lacks config.json"),
    (["--evaluation", "nowhere.json"], "nowhere.json: no such file"),
    (["--datasheet", "nowhere.md"], "nowhere.md: no such file"),
    (["--timeout", "0"], "--timeout"),
]


@pytest.mark.parametrize(("options", "said"), MISTAKES)
def test_mistakes_are_one_line(
    trained_dir: Path, options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["push", "--model", str(trained_dir), "--repo_id", "ada/m", *options]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"HF_ENDPOINT": "http://127.0.0.1:9"}, "ada/m: the hub could not be reached"),
        ({"HF_HUB_OFFLINE": "1"}, "HF_HUB_OFFLINE is set"),
        ({"HF_TOKEN": ""}, "no token for the hub"),
        ({"HF_TOKEN": "hf_nonsense"}, "the hub does not accept the token"),
    ],
    ids=["no network", "offline", "no token", "bad token"],
)
def test_errors_are_one_line(push: Call, hub: Hub, env: dict[str, str], said: str) -> None:
    done = push(**env)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.startswith("runspan push: ")
    assert done.stderr.count("\n") == 1
    assert not hub.repos


def test_a_hub_that_hangs_is_given_up(push: Call, hub: Hub) -> None:
    hub.faults.append(Fault("preupload", "hang"))
    done = push("--timeout", "4")
    assert done.returncode == 2
    assert "no answer within 4 s, so it was given up and nothing was published" in done.stderr
    assert hub.commits(REPO) == 0


@pytest.mark.slow
def test_a_commit_that_is_never_confirmed_is_found(push: Call, hub: Hub) -> None:
    hub.faults.append(Fault("commit", "mute"))
    done = push("--timeout", "15")
    assert done.returncode == 0, done.stderr
    assert hub.commits(REPO) == 1


@pytest.mark.slow
def test_a_damaged_download_is_seen(push: Call, hub: Hub) -> None:
    hub.faults.append(Fault("resolve", "damage"))
    done = push()
    assert done.returncode == 2
    assert "was published, but reading it back failed" in done.stderr
    assert "differs from what was sent" in done.stderr


@pytest.mark.slow
def test_a_dataset_is_published(runspan: Call, hub: Hub, tmp_path: Path) -> None:
    texts = [f"In {year} we trained on {year - 2000} cards, and " + f"w{year} " * 30 for year in range(2001, 2009)]
    documents = [Document(f"d{i}", text, (Span(3, 7, "year"),)) for i, text in enumerate(texts)]
    dataset = build_dataset(documents)
    save_dataset(dataset, tmp_path / "dataset")
    sheet = tmp_path / "sheet.md"
    sheet.write_text("# Where they come from\n")
    options = ["--dataset", str(tmp_path / "dataset"), "--repo_id", "ada/d", "--datasheet", str(sheet)]
    done = runspan("push", *options)
    assert done.returncode == 0, done.stderr
    load = (
        "import datasets, sys; print({split: len(rows) for split, rows in datasets.load_dataset(sys.argv[1]).items()})"
    )
    env = {**client_env(hub, tmp_path / "fresh", xet=False), "HF_DATASETS_CACHE": str(tmp_path / "cache")}
    loaded = subprocess.run([sys.executable, "-c", load, "ada/d"], env=env, capture_output=True, text=True, check=False)
    assert loaded.returncode == 0, loaded.stderr
    assert loaded.stdout.strip() == str({split: len(rows) for split, rows in dataset.items()})
    files = hub.files("datasets/ada/d")
    assert set(files) == {"README.md", "DATASHEET.md", *(f"data/{s}.parquet" for s in ("train", "validation", "test"))}
    assert "| `year` |" in files["README.md"].decode()


READER = """
import json, sys
from transformers import pipeline
from runspan.cli.main import main
name, text, output = sys.argv[1:]
tagger = pipeline("token-classification", model=name, aggregation_strategy="first")
found = [(one["entity_group"], one["start"], one["end"]) for one in tagger(open(text).read())]
json.dump(found, open(output + ".pipeline", "w"))
sys.exit(main(["infer", "--model", name, "--input", text, "--output", output, "--backend", "torch"]))
"""


@pytest.mark.slow
def test_infer_and_the_librarys_pipeline_find_the_same(push: Call, hub: Hub, tmp_path: Path) -> None:
    assert push().returncode == 0
    text, output = tmp_path / "a.txt", tmp_path / "r.jsonl"
    text.write_text(SENTENCE)
    env = client_env(hub, tmp_path / "fresh", xet=False)
    command = [sys.executable, "-c", READER, "ada/m", str(text), str(output)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    by_pipeline = [tuple(one) for one in json.loads(Path(f"{output}.pipeline").read_text())]
    by_infer = [(one["label"], one["start"], one["end"]) for one in json.loads(output.read_text())["spans"]]
    assert by_pipeline == by_infer == SPANS
    assert f"model: ada/m@{hub.repos[REPO].branches['main']}" in done.stderr
