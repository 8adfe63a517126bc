"""Batches that are killed, asked to stop, or run side by side, as processes of their own."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from runspan.modeling.windows import WindowSettings
from tests.conftest import REPOSITORY, tiny_bert, wordpiece_tokenizer

pytestmark = pytest.mark.slow
DOCUMENTS, ROUNDS = 200, 20
SENTENCE = (
    "We trained StrumNet-{n} ({n},842 parameters) on {n} GeForce GTX 970 for roughly {n} hours in Finland, 2019. "
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random model that finds a span now and then, as a trained one does."""
    folder, tokenizer = tmp_path_factory.mktemp("model"), wordpiece_tokenizer()
    classifier = tiny_bert(len(tokenizer))
    with torch.no_grad():
        classifier.classifier.bias[0] += 0.35
    classifier.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    WindowSettings(max_length=64, stride=16).save(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """200 documents of up to 11,000 characters, some of which can't be read."""
    folder = tmp_path_factory.mktemp("batch")
    (folder / "in").mkdir()
    chance = random.Random(5)
    for i in range(DOCUMENTS - 20):
        text = "".join(SENTENCE.format(n=chance.randint(2, 99)) for _ in range(chance.randint(0, 120)))
        (folder / "in" / f"{i:03}.txt").write_text(text, encoding="utf-8")
    lines = [json.dumps({"id": i, "text": SENTENCE.format(n=i) * 100}) if i % 4 else "{" for i in range(20)]
    (folder / "in" / "more.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def command(model: Path, folder: Path, output: Path, *options: str) -> list[str]:
    arguments = ["--model", str(model), "--input", str(folder / "in"), "--output", str(output), *options]
    return [sys.executable, str(REPOSITORY / "infer.py"), *arguments]


def start(arguments: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True)


def whole(model: Path, folder: Path, suffix: str) -> bytes:
    """What an uninterrupted run writes. Some documents fail."""
    output = folder / f"whole.{suffix}"
    if not output.exists():
        done = subprocess.run(command(model, folder, output), capture_output=True, text=True)
        assert (done.returncode, f"{DOCUMENTS} documents (5 failed)" in done.stderr) == (1, True), done.stderr
    return output.read_bytes()


@pytest.mark.parametrize(("suffix", "rounds"), [("jsonl", ROUNDS), ("parquet", 3)])
def test_killed_at_any_instant(model: Path, folder: Path, suffix: str, rounds: int) -> None:
    """Killed at random instants until it is through, and again: the output is the uninterrupted run's to the byte."""
    expected = whole(model, folder, suffix)
    output, chance = folder / f"killed.{suffix}", random.Random(17)
    arguments = command(model, folder, output)
    kills, kept, shortest = 0, [], 60.0  # seconds that a run from its beginning takes at least, as far as is known
    while kills < rounds:
        is_fresh, started = not output.with_name(f"{output.name}.journal").exists(), time.perf_counter()
        process = start(arguments)
        try:
            process.communicate(timeout=chance.uniform(0.2, 0.9) * shortest)
            assert output.read_bytes() == expected
            output.unlink()
            if is_fresh:
                shortest = min(shortest, time.perf_counter() - started)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
            process.communicate()
        journal = output.with_name(f"{output.name}.journal")
        kept.append(journal.read_bytes().count(b"\n") if journal.exists() else 0)
    done = subprocess.run(arguments, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert output.read_bytes() == expected
    assert len(set(kept)) > 2, "no kill hit the middle"
    assert [path.name for path in folder.iterdir() if path.name.startswith("killed.")] == [output.name]
    output.unlink()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_asked_to_stop(model: Path, folder: Path, number: int, code: int) -> None:
    expected = whole(model, folder, "jsonl")
    output = folder / f"stopped-{code}.jsonl"
    arguments = command(model, folder, output)
    partial = output.with_name(f"{output.name}.partial")
    process = start(arguments)
    while not (partial.exists() and partial.stat().st_size):
        time.sleep(0.01)
        assert process.poll() is None
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == code, said
    assert "documents are kept" in said
    assert "Traceback" not in said
    assert not output.exists()
    assert expected.startswith(partial.read_bytes())
    stats = folder / "stats.json"
    done = subprocess.run([*arguments, "--stats", str(stats)], capture_output=True, text=True)
    assert "going on after" in done.stderr
    assert output.read_bytes() == expected
    counts = json.loads(stats.read_text())
    assert (counts["documents"], counts["failed"]) == (DOCUMENTS, 5)
    assert 0 < counts["documents_earlier"] < DOCUMENTS


def test_two_processes_on_one_output(model: Path, folder: Path) -> None:
    output = folder / "both.jsonl"
    first = start(command(model, folder, output))
    lock = output.with_name(f"{output.name}.partial")
    while not lock.exists():
        time.sleep(0.01)
        assert first.poll() is None
    second = subprocess.run(command(model, folder, output), capture_output=True, text=True)
    assert second.returncode == 2
    assert "another process is writing it" in second.stderr
    first.communicate()
    assert output.read_bytes() == whole(model, folder, "jsonl")
