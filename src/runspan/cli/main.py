"""``runspan COMMAND …``: finds the command, prints its errors, gives its exit code."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from runspan import __version__
from runspan.base.errors import RunspanError, StoppedError

COMMANDS = {
    "check": "check seed files and count what they hold",
    "convert": "convert tagged or predicted documents to and from annotation tools",
    "dataset": "build and save the BIO dataset of seed files",
    "train": "fine-tune an encoder (also: train.py)",
    "tune": "try values of a recipe's knobs, and write the best recipe",
    "infer": "turn texts into run records (also: infer.py)",
    "quantize": "make an int8 form of a model, and score what it costs",
    "export": "write a model for ONNX Runtime, and compare it with the model",
    "push": "publish a model with its card, or a dataset, on the model hub",
    "show": "print the runs of a records file as a table",
    "report": "make a page to look through records and correct them",
    "serve": "serve a page to try a model on a text or file",
    "evaluate": "score records against tagged documents or true fields",
    "normalize": "normalise values of one label, a line each, from stdin",
}
# A process that SIGTERM ends has 143 from its shell or container anyway: one code to requeue on, handled or not.
OK, SOME_FAILED, USAGE, INTERRUPTED, STOPPED = 0, 1, 2, 130, 143


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns:
        0 all well; 1 some documents failed; 2 wrong usage, configuration or input; 130 interrupted from the keyboard;
        143 stopped by a scheduler, and can go on.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in ("-h", "--help"):
        print(usage())
        return OK if arguments else USAGE
    if arguments[0] == "--version":
        print(f"runspan {__version__}")
        return OK
    name, *rest = arguments
    try:
        if name not in COMMANDS:
            raise RunspanError(f"unknown command {name!r}; expected one of {', '.join(COMMANDS)}")
        command: Callable[[Sequence[str]], int] = import_module(f"runspan.cli.{name}").main
        return command(rest)
    except RunspanError as error:
        print(f"runspan {name}: {error}", file=sys.stderr)
        return USAGE
    except StoppedError as error:
        print(f"runspan {name}: {error}", file=sys.stderr)
        return INTERRUPTED if error.signal == signal.SIGINT else STOPPED
    except KeyboardInterrupt:
        print(f"runspan {name}: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of stdout went away
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


def usage() -> str:
    """The commands, a line each."""
    lines = [f"  {name:10} {text}" for name, text in COMMANDS.items()]
    return "\n".join(["usage: runspan COMMAND ...", "", *lines, "", "runspan COMMAND --help says more."])
