"""What the documents promise: every module is listed, every command of README and docs is understood."""

import re
import shlex
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from runspan.base.errors import RunspanError
from runspan.cli.main import COMMANDS
from tests.conftest import REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
OTHER_PROGRAMS = {"pip", "export", "srun", "unzip"}
ARCHITECTURE = (REPOSITORY / "ARCHITECTURE.md").read_text(encoding="utf-8")
MODULES = sorted(
    path.relative_to(REPOSITORY / "src" / "runspan").as_posix()
    for path in (REPOSITORY / "src" / "runspan").rglob("*.py")
    if path.name not in ("__init__.py", "__main__.py") or path.parent.name == "normalize"
)


def test_every_module_is_listed_once() -> None:
    listed = re.findall(r"^\| `(\w+/[\w/]+\.py)` \|", ARCHITECTURE, re.MULTILINE)
    assert sorted(listed) == MODULES


def commands(file: Path) -> list[list[str]]:
    """The commands of a document's ``sh`` blocks, a line each."""
    blocks = re.findall(r"```sh\n(.*?)```", file.read_text(encoding="utf-8"), re.DOTALL)
    lines = [line.partition("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [shlex.split(line) for line in lines if line]


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))


def as_runspan(command: list[str]) -> list[str]:
    """The command and arguments of ``runspan`` that a line comes to, with whatever program it begins."""
    program, *arguments = command
    if Path(program).name == "python":
        script, *arguments = arguments
        assert (REPOSITORY / script).is_file()
        return [Path(script).stem, *arguments]
    if command[:2] == ["accelerate", "launch"]:
        script = next(one for one in command if one.endswith(".py"))
        return [Path(script).stem, *command[command.index(script) + 1 :]]
    assert Path(program).name == "runspan"
    return arguments


@pytest.mark.parametrize(
    "command",
    [pytest.param(line, id=f"{file.name}: {' '.join(line)}") for file in DOCUMENTS for line in commands(file)],
)
def test_commands_of_documents_are_understood(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    if command[0] == "make":
        assert set(command[1:]) <= targets()
        return
    if command[0] in OTHER_PROGRAMS:
        return
    monkeypatch.chdir(REPOSITORY)
    name, *arguments = as_runspan(command)
    assert name in COMMANDS
    without_gpu = ["--use_cpu", "true"] if name in ("train", "dataset") else []
    import_module(f"runspan.cli.{name}").parse_options([*arguments, *without_gpu])
    for path in (argument for argument in arguments if argument.startswith(("data/", "configs/", "docs/"))):
        assert (REPOSITORY / path).exists()


def test_a_command_that_is_not_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in COMMANDS:
        with pytest.raises(RunspanError):
            import_module(f"runspan.cli.{name}").parse_options(["--no_such_option", "x"])


def test_every_command_of_the_table_exists() -> None:
    assert set(re.findall(r"^\| `runspan (\w+)", README, re.MULTILINE)) <= set(COMMANDS)


def test_links_lead_somewhere() -> None:
    for file in (*REPOSITORY.glob("*.md"), *REPOSITORY.glob("*/*.md")):
        document = file.relative_to(REPOSITORY)
        for link in re.findall(r"\]\(([^)#:]+)\)", file.read_text(encoding="utf-8")):
            assert (file.parent / link).exists(), f"{document}: {link}"


def test_constraints_pin_every_direct_dependency() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [re.match(r"[\w-]+", text)[0] for text in project["dependencies"]]  # type: ignore[index]
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)$", (REPOSITORY / "constraints.txt").read_text(), re.MULTILINE))
    known = {re.sub(r"[-_.]+", "-", name).lower() for name in pins}
    assert {re.sub(r"[-_.]+", "-", name).lower() for name in names} <= known
    assert pins["torch"] == "2.13.0"
