"""What the documents promise: every module is listed, every command of the README works as written."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from runspan.cli.arguments import parse_arguments
from runspan.cli.main import COMMANDS
from runspan.jobs.arguments import DataArguments, ModelArguments, TrainingArguments
from tests.conftest import REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (REPOSITORY / "ARCHITECTURE.md").read_text(encoding="utf-8")
MODULES = sorted(
    path.relative_to(REPOSITORY / "src" / "runspan").as_posix()
    for path in (REPOSITORY / "src" / "runspan").rglob("*.py")
    if path.name not in ("__init__.py", "__main__.py") or path.parent.name == "normalize"
)


def test_every_module_is_listed_once() -> None:
    listed = re.findall(r"^\| `(\w+/[\w/]+\.py)` \|", ARCHITECTURE, re.MULTILINE)
    assert sorted(listed) == MODULES


def commands() -> list[list[str]]:
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    lines = [line.partition("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [shlex.split(line) for line in lines if line]


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_readme_commands_name_what_exists(command: list[str]) -> None:
    program, *arguments = command
    if program == "make":
        assert set(arguments) <= targets()
        return
    name = Path(program).name
    if name == "python":
        script, *arguments = arguments
        assert (REPOSITORY / script).is_file()
        name = Path(script).stem
    else:
        assert name == "runspan"
        name, *arguments = arguments
    assert name in COMMANDS
    if name == "train":
        config, *overrides = arguments
        types = (DataArguments, ModelArguments, TrainingArguments)
        parse_arguments([str(REPOSITORY / config), *overrides, "--use_cpu", "true"], types, "train.py")
    for path in (argument for argument in arguments if argument.startswith(("data/", "configs/"))):
        assert (REPOSITORY / path).exists()


def test_every_command_of_the_table_exists() -> None:
    assert set(re.findall(r"^\| `runspan (\w+)", README, re.MULTILINE)) <= set(COMMANDS)


def test_links_lead_somewhere() -> None:
    for document in ("README.md", "ARCHITECTURE.md", "data/README.md", "docs/cluster.md"):
        file = REPOSITORY / document
        for link in re.findall(r"\]\(([^)#:]+)\)", file.read_text(encoding="utf-8")):
            assert (file.parent / link).exists(), f"{document}: {link}"


def test_constraints_pin_every_direct_dependency() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [re.match(r"[\w-]+", text)[0] for text in project["dependencies"]]  # type: ignore[index]
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)$", (REPOSITORY / "constraints.txt").read_text(), re.MULTILINE))
    known = {re.sub(r"[-_.]+", "-", name).lower() for name in pins}
    assert {re.sub(r"[-_.]+", "-", name).lower() for name in names} <= known
    assert pins["torch"] == "2.13.0"
