"""Processes of their own: a training that learns, ones that are killed or stopped and go on, two that train as one."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests.conftest import REPOSITORY

pytestmark = pytest.mark.slow
SEEDS = ["--seed_dir", "data/seeds/articles"]
CONFIG = ["configs/train.yaml", *SEEDS, "--max_length", "128", "--logging_steps", "1", "--disable_tqdm", "true"]
NO_EVALUATION = ["--eval_strategy", "no", "--save_strategy", "no", "--load_best_model_at_end", "false"]


def start(
    output: Path,
    *options: str,
    script: str = "train.py",
    launcher: tuple[str, ...] = (),
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[str]:
    places = ["--output_dir", str(output / "model"), "--dataset_dir", str(output / "dataset")]
    return subprocess.Popen(
        [sys.executable, *launcher, script, *CONFIG, *places, *options],
        cwd=REPOSITORY,
        env={**os.environ, "HF_HUB_OFFLINE": "1", **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> str:
    try:
        printed, _ = process.communicate(timeout=900)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert process.returncode == 0, printed
    return printed


def curve(output: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (output / "model" / "training_curve.jsonl").read_text().splitlines()]


def losses(output: Path) -> list[float]:
    return [entry["loss"] for entry in curve(output) if "loss" in entry]


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
    checkpoint = tmp_path / "parts" / "model" / "checkpoint-3" / "runspan_checkpoint.json"
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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGUSR1])
def test_stopped_and_gone_on_with_the_same_command(tmp_path: Path, number: int) -> None:
    options = [
        "--max_steps",
        "9",
        "--save_strategy",
        "no",
        "--eval_strategy",
        "no",
        "--load_best_model_at_end",
        "false",
    ]
    finish(start(tmp_path / "whole", *options))
    options += ["--resume_from_checkpoint", "auto"]
    stopped = start(tmp_path / "parts", *options)
    wait_for_steps(tmp_path / "parts", 4)
    stopped.send_signal(number)
    printed, _ = stopped.communicate(timeout=120)
    assert stopped.returncode == 143, printed
    assert f"stopped by {signal.Signals(number).name} after step" in printed
    finish(start(tmp_path / "parts", *options))
    assert losses(tmp_path / "parts") == losses(tmp_path / "whole")
    models = [(tmp_path / name / "model" / "model.safetensors").read_bytes() for name in ("whole", "parts")]
    assert models[0] == models[1]
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert "is finished" in finish(start(tmp_path / "parts", *options))
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == files


def wait_for_steps(output: Path, steps: int) -> None:
    file, until = output / "model" / "training_curve.jsonl", time.monotonic() + 300
    while not file.is_file() or file.read_text().count('"loss"') < steps:
        assert time.monotonic() < until
        time.sleep(0.02)


TWO = ["--use_cpu", "true", "--ddp_backend", "gloo", "--per_device_train_batch_size", "2", "--hidden_dropout", "0"]
FOUR = ["--use_cpu", "true", "--per_device_train_batch_size", "4", "--hidden_dropout", "0"]
# What `accelerate launch` calls for several GPUs; for several processes on CPU it would want MPI.
TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2")


# Training that says which process scores.
COUNTING = """
import os, sys
import runspan.jobs.trainer as trainer
from runspan.cli.main import main

score = trainer.score_documents

def counted(*documents):
    print("scored by process", os.environ.get("RANK", "0"), flush=True)
    return score(*documents)

trainer.score_documents = counted
sys.exit(main(["train", *sys.argv[1:]]))
"""


def test_two_processes_train_as_one(tmp_path: Path, tiny_encoder_dir: Path) -> None:
    # Without dropout, whose masks would be drawn for other windows; more than an epoch, so that its end is seen too.
    options = ["--model_name_or_path", str(tiny_encoder_dir), "--seed_dir", str(few_seeds(tmp_path))]
    options += ["--num_train_epochs", "2", "--mixed_precision", "no", "--eval_strategy", "epoch", "--warmup_steps", "0"]
    finish(start(tmp_path / "one", *options, *FOUR))
    (tmp_path / "counting.py").write_text(COUNTING)
    printed = finish(start(tmp_path / "two", *options, *TWO, launcher=TORCHRUN, script=str(tmp_path / "counting.py")))
    assert printed.count("Strict span scores of the saved model") == 1
    assert printed.count("scored by process 0") == printed.count("scored by process") == 2
    one, two = curve(tmp_path / "one"), curve(tmp_path / "two")
    assert [entry["step"] for entry in one] == [entry["step"] for entry in two]
    assert len(losses(tmp_path / "one")) > 10
    assert losses(tmp_path / "two") == pytest.approx(losses(tmp_path / "one"), rel=1e-4)
    scores = [[entry["eval_f1"] for entry in entries if "eval_f1" in entry] for entries in (one, two)]
    assert scores[0] == pytest.approx(scores[1], abs=0.02)
    assert len(scores[0]) == 2
    weights = [load_file(tmp_path / name / "model" / "model.safetensors") for name in ("one", "two")]
    for name, weight in weights[0].items():
        torch.testing.assert_close(weights[1][name], weight, rtol=0, atol=2e-3)


def test_processes_agree_when_one_of_them_is_asked_to_stop(tmp_path: Path, tiny_encoder_dir: Path) -> None:
    options = ["--model_name_or_path", str(tiny_encoder_dir), "--seed_dir", str(few_seeds(tmp_path)), *TWO]
    options += ["--num_train_epochs", "40", "--resume_from_checkpoint", "auto", *NO_EVALUATION]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    together = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    processes = [
        start(tmp_path, *options, environment={**together, "RANK": str(rank), "LOCAL_RANK": str(rank)})
        for rank in range(2)
    ]
    wait_for_steps(tmp_path, 3)
    processes[1].send_signal(signal.SIGTERM)
    printed = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [143, 143], printed
    lines = [next(line for line in text.splitlines() if "stopped by" in line) for text in printed]
    assert lines[0] == lines[1]
    (checkpoint,) = (tmp_path / "model").glob("checkpoint-*")
    assert lines[0].endswith(f"checkpoint: {checkpoint}")
    assert {"rng_state_0.pth", "rng_state_1.pth", "runspan_checkpoint.json"} <= {f.name for f in checkpoint.iterdir()}


def few_seeds(folder: Path) -> Path:
    seeds = folder / "seeds"
    seeds.mkdir(exist_ok=True)
    for i in range(40):
        words = " ".join(f"word{i}x{j}" for j in range(40))
        (seeds / f"{i}.txt").write_text(f"On <gpu_count>{i + 2}</gpu_count> GPUs in <year>{1980 + i}</year> {words}")
    return seeds
