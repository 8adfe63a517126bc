"""``train.py`` as a job: exit codes, the command to go on with, a finished run left alone, no secret in sight."""

import os
import shlex
import signal
from pathlib import Path
from typing import Any

import pytest
from transformers import TrainerCallback

from runspan.cli.arguments import parse_arguments
from runspan.cli.main import main
from runspan.cli.train import TrainingProgress
from runspan.jobs.arguments import DataArguments, ModelArguments, TrainingArguments

SECRET = "hf_" + "s3cr3t" * 5


@pytest.fixture
def command(tmp_path: Path, tiny_encoder_dir: Path) -> list[str]:
    (tmp_path / "seeds").mkdir()
    for i in range(6):
        words = " ".join(f"word{i}x{j}" for j in range(40))
        (tmp_path / "seeds" / f"{i}.txt").write_text(
            f"On <gpu_count>{i + 2}</gpu_count> GPUs {words}", encoding="utf-8"
        )
    places = {"output_dir": "out", "dataset_dir": "dataset", "seed_dir": "seeds"}
    options = "--max_length 64 --stride 16 --use_cpu true --max_steps 3 --logging_steps 1 --save_strategy no"
    return [
        "train",
        *options.split(),
        *("--report_to", "none", "--model_name_or_path", str(tiny_encoder_dir)),
        *(part for name, place in places.items() for part in (f"--{name}", str(tmp_path / place))),
    ]


def send(monkeypatch: pytest.MonkeyPatch, number: int, step: int = 1) -> None:
    """Have a signal sent while training."""

    def on_step_begin(self: TrainerCallback, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.global_step == step:
            os.kill(os.getpid(), number)

    monkeypatch.setattr(TrainingProgress, "on_step_begin", on_step_begin)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGUSR1, 143), (signal.SIGINT, 130)])
def test_stopped_by_a_signal(
    command: list[str],
    number: int,
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["train.py", *command[1:]])
    send(monkeypatch, number)
    assert main([*command, "--ema_decay", "0.9"]) == code
    first, second = capsys.readouterr().err.splitlines()[-2:]
    checkpoint = tmp_path / "out" / "checkpoint-2"
    assert (
        first == f"runspan train: stopped by {signal.Signals(number).name} after step 2 of 3; checkpoint: {checkpoint}"
    )
    assert second.startswith("go on with: ")
    _, script, *rest = shlex.split(second.removeprefix("go on with: "))
    assert script == "train.py"
    *_, training_args = parse_arguments(rest, (DataArguments, ModelArguments, TrainingArguments), "train.py")
    assert (training_args.output_dir, training_args.resume_from_checkpoint) == (str(tmp_path / "out"), "auto")


def test_stopped_before_training(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("runspan.cli.train.build", lambda _: os.kill(os.getpid(), signal.SIGTERM))
    assert main(command) == 143
    assert capsys.readouterr().err == "runspan train: stopped by SIGTERM\nnothing was begun: repeat the command\n"
    assert not (tmp_path / "out").exists()


def test_one_command_begins_goes_on_and_leaves_alone_what_is_finished(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command += ["--resume_from_checkpoint", "auto"]
    send(monkeypatch, signal.SIGTERM)
    assert main(command) == 143
    monkeypatch.undo()
    assert main(command) == 0
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    capsys.readouterr()
    assert main(command) == 0
    assert capsys.readouterr().err == f"model: {tmp_path}/out   is finished, with the same data and arguments\n"
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    for other, message in (
        (["--seed", "5"], "with seed 42, and now it is 5"),
        (["--labels", "gpu_count"], "with labels model, params, gpu_count"),
    ):
        assert main([*command, *other]) == 2
        assert message in capsys.readouterr().err
    (tmp_path / "seeds" / "0.txt").write_text("Others")
    assert main(command) == 2
    assert "is a training of other tagged documents" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}.items() <= before.items()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--resume_from_checkpoint auto --overwrite_output_dir true", "leave one of them out"),
        ("--resume_from_checkpoint auto --save_only_model true", "save_only_model leaves nothing to go on from"),
        ("--resume_from_checkpoint nowhere", "nowhere: no whole checkpoint"),
        ("--resume_from_checkpoint true", "no checkpoint to go on from"),
        (f"--hub_token {SECRET}", "set the variable HF_TOKEN instead"),
        (f"--hub_tokn={SECRET}", "unknown argument '--hub_tokn'; did you mean 'hub_token'?"),
    ],
)
def test_mistakes(command: list[str], options: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, *options.split()]) == 2
    printed = "".join(capsys.readouterr())
    assert message in printed
    assert SECRET not in printed
    assert "Traceback" not in printed


def test_no_file_and_no_line_holds_the_token(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.setenv(name, SECRET)
    monkeypatch.setenv("TRANSFORMERS_VERBOSITY", "info")
    assert main([*command, "--save_strategy", "steps", "--save_steps", "2", "--hub_model_id", "a/b"]) == 0
    assert SECRET not in "".join(capfd.readouterr())
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 20
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]


def test_where_no_terminal_is_each_log_has_a_line(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--eval_strategy", "steps", "--eval_steps", "2"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    steps = [line for line in err.splitlines() if line.startswith("step ")]
    assert [line.split()[1] for line in steps] == ["1/3", "2/3", "2/3", "3/3", "3/3"]
    assert "loss" in steps[0]
    assert "F1" in steps[2]
