"""``runspan serve`` as a process: it says where it listens, answers there, and ends on Ctrl-C."""

import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from runspan.cli.main import main
from tests.conftest import REPOSITORY


def test_no_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--model", str(tmp_path / "none")]) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.slow
def test_serve(tiny_model_dir: Path) -> None:
    command = [sys.executable, "-m", "runspan", "serve", "--model", str(tiny_model_dir), "--port", "0"]
    process = subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    line = process.stderr.readline()
    (address,) = re.findall(r"^(http://127\.0\.0\.1:\d+)   model: ", line)
    with urllib.request.urlopen(address, timeout=30) as answer:
        assert b"<h1>" in answer.read()
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=30)[1]
    assert (process.returncode, rest) == (0, "")
