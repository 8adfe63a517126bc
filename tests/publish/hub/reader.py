"""A process of its own that takes models from the hub as told, as :mod:`tests.publish.hub.client` publishes them."""

import json
import logging
import sys
import time
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    time.sleep = lambda _: None

from huggingface_hub import constants

from runspan.base.errors import RunspanError
from runspan.modeling.model_files import name_with_commit, resolve_encoder


class _Kept(logging.Handler):
    """Keeps what was logged."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def answer(call: dict[str, Any]) -> dict[str, Any]:
    """What became of a call."""
    constants.HF_HUB_CACHE, constants.HF_HUB_OFFLINE = call["cache"], call["offline"]
    kept = _Kept()
    logger = logging.getLogger("runspan")
    logger.addHandler(kept)
    try:
        folder = resolve_encoder(call["name"])
    except RunspanError as error:
        return {"error": str(error)}
    finally:
        logger.removeHandler(kept)
    files = sorted(path.name for path in Path(folder).iterdir())
    return {"name": name_with_commit(call["name"], folder), "files": files, "warnings": kept.messages}


def main() -> None:
    """Answer calls until there are no more."""
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
