"""A process of its own that publishes as told: the hub's client reads its settings when it is imported.

A line of JSON on stdin is a call, and what became of it is a line on stdout. Pauses between tries are skipped.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    time.sleep = lambda _: None

from runspan.base.errors import RunspanError
from runspan.publish.hub.staging import staged_files
from runspan.publish.hub.upload import Target, find_published, publish


def answer(call: dict[str, Any]) -> dict[str, Any]:
    """What became of a call."""
    os.environ["HF_TOKEN"] = call.pop("token")
    folder, look = Path(call.pop("folder")), call.pop("look", False)
    target, files = Target(**call), staged_files(folder)
    try:
        if look:
            return {"commit": find_published(files, target)}
        published = publish(folder, files, target, "Upload")
    except RunspanError as error:
        return {"error": str(error)}
    return {"commit": published.commit, "is_new": published.is_new}


def main() -> None:
    """Answer calls until there are no more."""
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
