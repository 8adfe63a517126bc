"""YAML file + ``--name value`` → dataclasses. Every value is cast by its field; an unknown name stops."""

import argparse
import json
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

import yaml
from transformers import HfArgumentParser

from runspan.base.errors import Fault, FaultsError, RunspanError


class Parser(HfArgumentParser):
    """A parser whose errors are :class:`RunspanError`."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing the usage."""
        raise RunspanError(f"{message} (see {self.prog} --help)")


def parse_arguments(argv: Sequence[str], types: Sequence[type], prog: str) -> tuple[Any, ...]:
    """Dataclass instances from ``[CONFIG.yaml] [--name value …]``; what stands on the command line wins.

    YAML scalars are taken as they are written and cast like command-line arguments, so that ``1e-5`` is a number and
    ``eval_strategy: no`` is not a boolean. ``null`` leaves the default.

    Raises:
        RunspanError: The file or a name is unknown, or a value can't be cast.
    """
    parser = Parser(types, prog=prog, allow_abbrev=False, usage=f"{prog} [CONFIG.yaml] [--name value ...]")
    rest = list(argv)
    from_file: list[str] = []
    if rest and not rest[0].startswith("-"):
        from_file = read_config(Path(rest.pop(0)), option_names(parser))
    try:
        *instances, unknown = parser.parse_args_into_dataclasses(
            args=from_file + rest, look_for_args_file=False, return_remaining_strings=True
        )
    except (ValueError, ImportError) as error:  # of the library's own checks
        raise RunspanError(str(error).strip()) from error
    if unknown:
        name = unknown[0].partition("=")[0]  # its value may be a secret
        raise RunspanError(f"unknown argument {name!r}{nearest(name.lstrip('-'), option_names(parser))}")
    return tuple(instances)


def option_names(parser: argparse.ArgumentParser) -> list[str]:
    """Long option names of a parser, without dashes."""
    options = [option for action in parser._actions for option in action.option_strings]
    return sorted({option[2:] for option in options if option.startswith("--") and option != "--help"})


def nearest(name: str, known: Sequence[str]) -> str:
    """Words that point to the known name that is nearest to ``name``.

    >>> nearest("learning_rat", ["learning_rate", "seed"])
    "; did you mean 'learning_rate'?"
    """
    matches = get_close_matches(name.replace("-", "_"), known, n=1, cutoff=0.5)
    return f"; did you mean {matches[0]!r}?" if matches else "; see --help for the names there are"


def read_config(file: Path, known: Sequence[str]) -> list[str]:
    """The keys and values of a flat YAML file as command-line arguments.

    Raises:
        FaultsError: Unknown or repeated keys, nested values; all of them.
        RunspanError: The file can't be read, or is no YAML mapping.
    """
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise RunspanError(f"{file}: can't be read ({error}); expected a YAML file of arguments") from error
    except yaml.YAMLError as error:
        raise RunspanError(f"{file}: no YAML: {' '.join(str(error).split())}") from error
    if node is None:
        return []
    if not isinstance(node, yaml.MappingNode):
        raise RunspanError(f"{file}: found no mapping, expected lines of the form `name: value`")
    arguments: list[str] = []
    faults: list[Fault] = []
    seen: set[str] = set()
    for key, value in node.value:
        name, mark = str(key.value), key.start_mark
        if name not in known or name in seen:
            message = f"key {name!r} stands twice" if name in seen else f"unknown key {name!r}{nearest(name, known)}"
            faults.append(Fault(str(file), mark.line + 1, mark.column + 1, message))
        seen.add(name)
        arguments += _as_arguments(name, value)
    if faults:
        raise FaultsError(faults)
    return arguments


def _as_arguments(name: str, node: yaml.Node) -> list[str]:
    if isinstance(node, yaml.SequenceNode):
        return [f"--{name}", *(str(item.value) for item in node.value)]
    if isinstance(node, yaml.MappingNode):  # the library takes such values as JSON
        return [f"--{name}", json.dumps(yaml.SafeLoader("").construct_document(node))]
    if node.tag == "tag:yaml.org,2002:null":
        return []
    return [f"--{name}={node.value}"]
