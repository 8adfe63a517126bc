"""Several processes write what one would write, also where they are killed."""

import json
import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from runspan.cli.main import main
from runspan.cli.processes import share_machine
from tests.cli.launched import finish, start, write_documents

LAUNCHER = ("-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2")


def expected(model: Path, documents: Path) -> bytes:
    output = documents.with_name("one.jsonl")
    main(["infer", "--model", str(model), "--input", str(documents), "--output", str(output), "--quiet"])
    return output.read_bytes()


def wait_for_chunks(output: Path) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        journals = list(output.parent.glob(f"{output.name}.part-*.journal"))
        if len(journals) == 2 and all(journal.read_bytes().count(b"\n") >= 2 for journal in journals):
            return
        time.sleep(0.01)
    raise AssertionError("no chunks")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_two_processes_that_are_stopped_go_on(tiny_model_dir: Path, tmp_path: Path, number: int) -> None:
    documents = write_documents(tmp_path / "many.jsonl")
    output, stats = tmp_path / "out" / "r.jsonl", tmp_path / "stats.json"
    stopped = start(tiny_model_dir, documents, output, launcher=LAUNCHER)
    wait_for_chunks(output)
    if number == signal.SIGKILL:
        for process in [psutil.Process(stopped.pid), *psutil.Process(stopped.pid).children(recursive=True)]:
            process.kill()  # a power cut: the launcher puts its processes into groups of their own
    else:
        stopped.send_signal(number)  # the launcher, which passes it on
    printed, _ = stopped.communicate(timeout=60)
    assert stopped.returncode != 0
    assert not output.exists()
    if number == signal.SIGTERM:
        assert printed.count("the same command goes on") == 1
    again = finish(start(tiny_model_dir, documents, output, "--stats", str(stats), launcher=LAUNCHER))
    assert again.count("of an interrupted run") == 1
    counts = json.loads(stats.read_text())
    assert counts["documents"] == 2000
    assert 0 < counts["documents_earlier"] < 2000
    assert output.read_bytes() == expected(tiny_model_dir, documents)
    assert [path.name for path in output.parent.iterdir()] == ["r.jsonl"]


@pytest.mark.slow
def test_overwriting_begins_anew_and_failures_are_told(tiny_model_dir: Path, tmp_path: Path) -> None:
    documents = write_documents(tmp_path / "many.jsonl", 300)
    with documents.open("a") as file:
        file.write("no json\n")
    output = tmp_path / "out" / "r.jsonl"
    output.parent.mkdir()
    for number in range(2):  # of other inputs, and finished
        (output.parent / f"r.jsonl.part-{number}-of-2.partial").write_bytes(b"{}\n")
        entry = {"documents": ["0" * 16], "end": 3, "counts": {"documents": 1}}
        lines = [{"version": 1, "job": {"model": "another"}}, entry, {"finished": True}]
        journal = "".join(json.dumps(line) + "\n" for line in lines)
        (output.parent / f"r.jsonl.part-{number}-of-2.journal").write_text(journal)
    assert "another process" not in finish(start(tiny_model_dir, documents, output, launcher=LAUNCHER), 1)
    printed = finish(start(tiny_model_dir, documents, output, "--overwrite", launcher=LAUNCHER), 1)
    assert "1 of 301 documents failed; their records say why" in printed
    assert output.read_bytes() == expected(tiny_model_dir, documents)
    assert [path.name for path in output.parent.iterdir()] == ["r.jsonl"]


def test_one_process_more_does_not_take_over(
    tiny_model_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "r.jsonl.part-0-of-2.journal").write_text("{}\n")
    (tmp_path / "r.jsonl-mine.jsonl.part-0-of-2.journal").write_text("{}\n")
    command = ["infer", "--model", str(tiny_model_dir), "--input", str(tmp_path / "a.txt")]
    command += ["--output", str(tmp_path / "r.jsonl")]
    assert main(command) == 2
    assert "of an interrupted job of 2 process(es), this one has 1" in capsys.readouterr().err
    assert main([*command, "--overwrite"]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"a.txt", "r.jsonl", "r.jsonl-mine.jsonl.part-0-of-2.journal"}


@pytest.mark.parametrize("paths", [("-", "r.jsonl"), ("a.txt", "-")])
def test_streams_are_for_one_process(
    tiny_model_dir: Path, paths: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert main(["infer", "--model", str(tiny_model_dir), "--input", paths[0], "--output", paths[1]]) == 2
    assert "can't be shared by several processes" in capsys.readouterr().err


def test_processes_take_their_part_of_the_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    share_machine([], "r.jsonl")
    assert os.environ["OMP_NUM_THREADS"] == "1"  # not by a launcher
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    share_machine([], "r.jsonl")
    assert os.environ["OMP_NUM_THREADS"] == "4"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--workers 2", "--workers is for --engine ray"),
        ("--ray_address auto", "--ray_address is for --engine ray"),
        ("--engine ray --device cuda:1", "Ray gives each worker its GPU"),
        ("--engine ray --device cpu --gpus_per_worker 1", "takes no GPUs"),
        ("--engine ray --device cuda --gpus_per_worker 0", "takes a GPU"),
        ("--engine ray --gpus_per_worker -1", "expected a number of 0 or more"),
        ("--engine ray --workers 0", "expected 1 or more"),
        ("--engine spark", "invalid choice"),
    ],
)
def test_mistakes_about_engines(
    tiny_model_dir: Path, tmp_path: Path, options: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("x")
    paths = ["--input", str(tmp_path / "a.txt"), "--output", str(tmp_path / "r.jsonl")]
    assert main(["infer", "--model", str(tiny_model_dir), *paths, *options.split()]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("variable", "message"),
    [("WORLD_SIZE", "without accelerate launch or torchrun"), ("", "pip install 'runspan[ray]'")],
)
def test_where_ray_can_not_be(
    tiny_model_dir: Path,
    tmp_path: Path,
    variable: str,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "a.txt").write_text("x")
    if variable:
        monkeypatch.setenv(variable, "2")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    paths = ["--input", str(tmp_path / "a.txt"), "--output", str(tmp_path / "r.jsonl")]
    assert main(["infer", "--model", str(tiny_model_dir), *paths, "--engine", "ray"]) == 2
    assert message in capsys.readouterr().err
