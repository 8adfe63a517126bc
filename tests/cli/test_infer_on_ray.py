"""The records of a cluster are those of one process, whoever dies meanwhile."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from runspan.cli.main import main
from tests.cli.launched import TEXT, write_documents

pytestmark = pytest.mark.slow
ray = pytest.importorskip("ray", reason="ray is not installed: pip install -c constraints.txt -e '.[ray]'")
ON_RAY = ("--engine", "ray", "--workers", "2")


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray.init("local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_documents(tmp_path_factory.mktemp("documents") / "many.jsonl")


def infer(model: Path, documents: object, output: object, *options: str) -> int:
    return main(["infer", "--model", str(model), "--input", str(documents), "--output", str(output), *options])


@pytest.fixture(scope="module")
def expected(tiny_model_dir: Path, documents: Path) -> bytes:
    output = documents.with_name("local.jsonl")
    assert infer(tiny_model_dir, documents, output) == 0
    return output.read_bytes()


class Meanwhile(Thread):
    """Does something once some chunks are done, and says whether it came to it."""

    def __init__(self, output: Path, what: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._journal, self._what, self.is_done = output.with_name(output.name + ".journal"), what, False
        self.start()

    def run(self) -> None:
        until = time.monotonic() + 120
        while time.monotonic() < until:
            if self._journal.is_file() and self._journal.read_bytes().count(b"\n") >= 2:
                self._what()
                self.is_done = True
                return
            time.sleep(0.01)


def kill_a_worker() -> None:
    workers = [one for one in psutil.Process().children(recursive=True) if "ray::MapWorker" in " ".join(one.cmdline())]
    workers[0].send_signal(signal.SIGKILL)


def test_a_killed_worker_costs_nothing(
    cluster: None, tiny_model_dir: Path, documents: Path, expected: bytes, tmp_path: Path
) -> None:
    output = tmp_path / "r.jsonl"
    meanwhile = Meanwhile(output, kill_a_worker)
    assert infer(tiny_model_dir, documents, output, *ON_RAY) == 0
    assert meanwhile.is_done
    assert output.read_bytes() == expected
    assert [path.name for path in tmp_path.iterdir()] == ["r.jsonl"]


def test_what_was_begun_on_a_cluster_goes_on_without(
    cluster: None,
    tiny_model_dir: Path,
    documents: Path,
    expected: bytes,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    output = tmp_path / "r.jsonl"
    meanwhile = Meanwhile(output, lambda: os.kill(os.getpid(), signal.SIGINT))
    assert infer(tiny_model_dir, documents, output, *ON_RAY) == 130
    assert meanwhile.is_done
    assert not output.exists()
    assert infer(tiny_model_dir, documents, output) == 0
    assert "of an interrupted run" in capsys.readouterr().err
    assert output.read_bytes() == expected


def test_urls_rows_and_documents_that_fail(
    cluster: None, tiny_model_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(TEXT)
    write_documents(folder / "b.jsonl", 3)
    pq.write_table(pa.table({"text": [TEXT, None], "id": ["p", "q"]}), folder / "c.parquet")
    outputs = [tmp_path / "out" / f"{engine}.parquet" for engine in ("local", "ray")]
    outputs[0].parent.mkdir()
    assert infer(tiny_model_dir, f"file://{folder}", f"file://{outputs[0]}") == 1
    assert infer(tiny_model_dir, f"file://{folder}", f"file://{outputs[1]}", *ON_RAY) == 1
    assert outputs[0].read_bytes() == outputs[1].read_bytes()
    assert capsys.readouterr().err.count("found NoneType in 'text', expected text") == 2
