"""Job files for schedulers: each is well-formed, and the command in it is one that our parser takes."""

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from runspan.cli.arguments import parse_arguments
from runspan.cli.main import SOME_FAILED, STOPPED, USAGE
from runspan.jobs.arguments import DataArguments, ModelArguments, TrainingArguments
from tests.conftest import REPOSITORY

SLURM = sorted((REPOSITORY / "examples" / "slurm").glob("*.sbatch"))
KUBERNETES = sorted((REPOSITORY / "examples" / "kubernetes").glob("*.yaml"))
# What these options of sbatch look like; https://slurm.schedmd.com/sbatch.html
SBATCH = {
    "job-name": r"[\w-]+",
    "nodes": r"\d+",
    "ntasks": r"\d+",
    "cpus-per-task": r"\d+",
    "gres": r"gpu:\d+",
    "mem": r"\d+[MG]",
    "array": r"\d+-\d+(%\d+)?",
    "time": r"(\d+-)?\d\d:\d\d:\d\d",
    "signal": r"(B:)?USR1@\d+",
    "requeue": "",
    "open-mode": "append",
    "output": r"[\w./-]*%[jAa][\w.%-]*",
}


def check_command(words: list[str]) -> TrainingArguments | None:
    """Check that a command of a job is one of ours; its arguments where it trains."""
    script = next(i for i, word in enumerate(words) if word.endswith(".py"))
    assert (REPOSITORY / words[script]).is_file()
    if words[script] != "train.py":
        return None
    types = (DataArguments, ModelArguments, TrainingArguments)
    config, *options = words[script + 1 :]
    *_, arguments = parse_arguments([str(REPOSITORY / config), *options, "--use_cpu", "true"], types, "train.py")
    return arguments


@pytest.mark.parametrize("file", SLURM, ids=lambda file: file.name)
def test_slurm(file: Path) -> None:
    subprocess.run(["bash", "-n", str(file)], check=True)
    text = file.read_text()
    assert text.startswith("#!/bin/bash\n")
    options = re.findall(r"^#SBATCH --([\w-]+)(?:=(\S+))?$", text, re.MULTILINE)
    assert len(options) == text.count("\n#SBATCH")
    for name, value in options:
        assert re.fullmatch(SBATCH[name], value), f"--{name}={value}"
    commands = text.replace("\\\n", " ").splitlines()
    first_command = next(i for i, line in enumerate(commands) if line and not line.startswith("#"))
    assert not any(line.startswith("#SBATCH") for line in commands[first_command:])  # sbatch reads none of these
    (command,) = (line for line in commands if line.startswith("srun "))
    arguments = check_command(shlex.split(command))
    if arguments:
        assert arguments.resume_from_checkpoint == "auto"
        assert {"requeue", "signal"} <= dict(options).keys()
        assert f'"$code" -eq {STOPPED}' in text


@pytest.mark.parametrize("file", KUBERNETES, ids=lambda file: file.name)
def test_kubernetes(file: Path) -> None:
    job: dict[str, Any] = yaml.safe_load(file.read_text())
    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "Job")
    assert re.fullmatch(r"[a-z0-9-]{1,63}", job["metadata"]["name"])
    pod = job["spec"]["template"]["spec"]
    assert pod["restartPolicy"] == "Never"  # podFailurePolicy allows nothing else
    (container,) = pod["containers"]
    assert {mount["name"] for mount in container["volumeMounts"]} <= {volume["name"] for volume in pod["volumes"]}
    rules = job["spec"]["podFailurePolicy"]["rules"]
    actions = {
        code: rule["action"]
        for rule in rules
        if "onExitCodes" in rule
        for code in rule["onExitCodes"]["values"]
        if (rule["onExitCodes"]["operator"], rule["onExitCodes"]["containerName"]) == ("In", container["name"])
    }
    assert actions[STOPPED] == "Ignore"
    assert actions[USAGE] == "FailJob"
    assert SOME_FAILED not in actions or actions[SOME_FAILED] == "FailJob"
    assert {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget"}]} in rules
    arguments = check_command([*container["command"], *container.get("args", [])])
    if arguments:
        assert arguments.resume_from_checkpoint == "auto"
        assert pod["terminationGracePeriodSeconds"] >= 60
        mounts = tuple(mount["mountPath"] for mount in container["volumeMounts"])
        assert str(arguments.output_dir).startswith(mounts)  # checkpoints outlive the pod


def test_the_commands_of_the_page_about_jobs() -> None:
    lines = (REPOSITORY / "docs" / "jobs.md").read_text().splitlines()
    (alone,) = (line for line in lines if line.startswith("python train.py"))
    (together,) = (line for line in lines if line.startswith("srun"))
    for command in (shlex.split(alone), shlex.split(shlex.split(together)[-1])):
        arguments = check_command(command)
        assert arguments
        assert arguments.resume_from_checkpoint == "auto"


def test_there_are_some() -> None:
    assert {"train.sbatch"} <= {file.name for file in SLURM}
    assert {"train.yaml"} <= {file.name for file in KUBERNETES}
