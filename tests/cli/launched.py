"""What the tests of several processes share: many documents that are quick to read, and the command over them."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import REPOSITORY

TEXT = "StrumNet{} took {} GTX 970."


def write_documents(path: Path, count: int = 2000) -> Path:
    """Short documents, padded so that a chunk holds some hundred of them."""
    texts = (TEXT.format(i, 1 + i % 64) for i in range(count))
    path.write_text(
        "".join(json.dumps({"id": f"d{i}", "text": text.ljust(3000)}) + "\n" for i, text in enumerate(texts))
    )
    return path


def start(
    model: Path, documents: Path, output: Path, *options: str, launcher: tuple[str, ...] = ()
) -> subprocess.Popen[str]:
    """``infer.py`` in a process group of its own."""
    command = ["--model", str(model), "--input", str(documents), "--output", str(output), *options]
    return subprocess.Popen(
        [sys.executable, *launcher, "infer.py", *command],
        cwd=REPOSITORY,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def finish(process: subprocess.Popen[str], exit_code: int = 0) -> str:
    """What it printed."""
    try:
        printed, _ = process.communicate(timeout=240)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert process.returncode == exit_code, printed
    return printed
