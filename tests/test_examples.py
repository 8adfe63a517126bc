"""The examples for clusters are whole, and ask of ``infer.py`` what it takes."""

import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from runspan.cli.infer_options import parse_options
from tests.conftest import REPOSITORY

EXAMPLES = REPOSITORY / "examples"
SCRIPTS, MANIFESTS = sorted(EXAMPLES.glob("*.sh")), sorted(EXAMPLES.glob("*.yaml"))
PAGE = (REPOSITORY / "docs" / "cluster.md").read_text(encoding="utf-8")


def options(command: list[str]) -> Any:
    """The options behind ``infer`` or ``infer.py`` in a command."""
    place = next(i for i, word in enumerate(command) if word in ("infer", "infer.py"))
    return parse_options(command[place + 1 :])


def containers(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, dict):
        return [*node.get("containers", []), *(found for part in node.values() for found in containers(part))]
    return [found for part in node for found in containers(part)] if isinstance(node, list) else []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts(script: Path) -> None:
    subprocess.run(["bash", "-n", str(script)], check=True)
    (line,) = (line for line in script.read_text().splitlines() if "infer.py" in line)
    assert options(shlex.split(line)).model == "build/model"


def test_a_finished_part_of_an_array_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python"
    python.write_text('#!/bin/bash\necho "$@"\n')
    python.chmod(0o755)
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    env = {"SCRATCH": str(tmp_path), "SLURM_ARRAY_TASK_ID": "7", "SLURM_CPUS_PER_TASK": "2", "PATH": path}
    command = ["bash", str(EXAMPLES / "slurm_array.sh")]
    printed = subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout
    assert f"--input {tmp_path}/papers/007 --output {tmp_path}/records/007.jsonl" in printed
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "007.jsonl").touch()
    assert not subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.name)
def test_manifests(manifest: Path) -> None:
    content = yaml.safe_load(manifest.read_text())
    command = content["spec"].get("entrypoint")
    words = shlex.split(command) if command else containers(content)[0]["command"]
    assert words[:2] == ["runspan", "infer"]
    assert options(words).output.endswith("records.parquet")
    assert all(one["volumeMounts"][0]["mountPath"] == "/papers" for one in containers(content))


def test_the_cluster_has_as_many_gpus_as_workers() -> None:
    content = yaml.safe_load((EXAMPLES / "kubernetes_ray_job.yaml").read_text())
    (group,) = content["spec"]["rayClusterSpec"]["workerGroupSpecs"]
    (reader,) = containers(group)
    args = options(shlex.split(content["spec"]["entrypoint"]))
    assert args.workers * args.gpus_per_worker == group["replicas"] * int(
        reader["resources"]["limits"]["nvidia.com/gpu"]
    )


def test_commands_of_the_page() -> None:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    commands = [shlex.split(line) for block in blocks for line in block.splitlines() if "infer.py" in line]
    assert [options(command).engine for command in commands] == ["local", "local", "ray"]


def test_the_page_says_what_the_benchmarks_measured() -> None:
    benchmarks = (REPOSITORY / "benchmarks" / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"\| 2 cores, OpenVINO (\w+) \| ([\d,]+) \| ([\d,]+) \| ([\d.]+) \|", PAGE)
    assert len(rows) == 2
    for precision, rate, hours, on_hundred in rows:
        assert re.search(rf"runspan openvino, {precision} \| [^|]+\| {rate} ", benchmarks)
        exact = 1e11 / (int(rate.replace(",", "")) * 0.9) / 3600
        assert int(hours.replace(",", "")) == round(exact)
        assert float(on_hundred) == round(exact / 100, 1)
