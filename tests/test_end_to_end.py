"""The real encoder in processes of their own: a training that learns, one killed and resumed, one on two processes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

pytestmark = pytest.mark.slow
SEEDS = ["--seed_dir", "data/seeds/articles"]
CONFIG = ["configs/train.yaml", *SEEDS, "--max_length", "128", "--logging_steps", "1", "--disable_tqdm", "true"]


def start(output: Path, *options: str, launcher: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    places = ["--output_dir", str(output / "model"), "--dataset_dir", str(output / "dataset")]
    return subprocess.Popen(
        [sys.executable, *launcher, "train.py", *CONFIG, *places, *options],
        cwd=REPOSITORY,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> str:
    try:
        printed, _ = process.communicate(timeout=480)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert process.returncode == 0, printed
    return printed


def losses(output: Path) -> list[float]:
    lines = (output / "model" / "training_curve.jsonl").read_text().splitlines()
    return [entry["loss"] for entry in map(json.loads, lines) if "loss" in entry]


def test_a_short_training_learns_and_reads_the_examples(tmp_path: Path) -> None:
    best = ["--eval_strategy", "epoch", "--load_best_model_at_end", "true"]
    finish(start(tmp_path, "--num_train_epochs", "10", *best))
    metrics = json.loads((tmp_path / "model" / "metrics.json").read_text())
    assert metrics["validation"]["f1"] > 0.3
    # Scored again with the engine that reads documents, whose half precision rounds otherwise.
    assert metrics["validation"]["f1"] == pytest.approx(metrics["best_validation_f1"], abs=0.02)
    records = tmp_path / "records.jsonl"
    infer = ["infer.py", "--model", str(tmp_path / "model"), "--input", "data/examples", "--output", str(records)]
    printed = subprocess.run(
        [sys.executable, *infer], cwd=REPOSITORY, check=True, capture_output=True, text=True
    ).stderr
    assert "6 documents" in printed
    by_id = {record["id"]: record for record in map(json.loads, records.read_text().splitlines())}
    for id, record in by_id.items():
        (file,) = (REPOSITORY / "data" / "examples").glob(f"{id}.*")
        text = file.read_bytes().decode()
        assert all(text[span["start"] : span["end"]] == span["text"] for span in record["spans"])
    found = {span["text"] for record in by_id.values() for span in record["spans"]}
    assert len(found) > 15


def test_killed_and_resumed_ends_as_an_uninterrupted_run(tmp_path: Path) -> None:
    options = ["--max_steps", "9", "--save_strategy", "steps", "--eval_strategy", "steps", "--save_steps", "3"]
    options += ["--eval_steps", "3", "--save_total_limit", "2"]
    finish(start(tmp_path / "whole", *options))
    killed = start(tmp_path / "parts", *options)
    checkpoint = tmp_path / "parts" / "model" / "checkpoint-3" / "trainer_state.json"
    until = time.monotonic() + 300
    while not checkpoint.is_file() and time.monotonic() < until:
        time.sleep(0.05)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert not (tmp_path / "parts" / "model" / "metrics.json").exists()
    finish(start(tmp_path / "parts", *options, "--resume_from_checkpoint", "true"))
    assert losses(tmp_path / "parts") == losses(tmp_path / "whole")
    models = [(tmp_path / name / "model" / "model.safetensors").read_bytes() for name in ("whole", "parts")]
    assert models[0] == models[1]


def test_two_processes(tmp_path: Path) -> None:
    launcher = ("-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2")
    options = ["--max_steps", "3", "--use_cpu", "true", "--ddp_backend", "gloo", "--eval_strategy", "steps"]
    options += ["--save_strategy", "steps", "--eval_steps", "2", "--save_steps", "2"]
    finish(start(tmp_path, *options, launcher=launcher))
    assert len(losses(tmp_path)) == 3
    assert (tmp_path / "model" / "model.safetensors").is_file()
