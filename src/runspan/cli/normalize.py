"""``runspan normalize LABEL``: lines on stdin → one JSON object a line, the normalised field.

A line break inside a value is written ``\\n``.
"""

import argparse
import json
import sys
from collections.abc import Sequence

from runspan.base.labels import LABELS
from runspan.cli.options import Options
from runspan.language.normalize import normalize


def main(argv: Sequence[str]) -> int:
    """Normalise lines."""
    label = parse_options(argv).label
    for line in sys.stdin:
        print(
            json.dumps(normalize(label, line.rstrip("\r\n").replace(r"\n", "\n")).as_dict(), ensure_ascii=False),
            flush=True,
        )
    return 0


def parse_options(argv: Sequence[str]) -> argparse.Namespace:
    """What was typed.

    Raises:
        RunspanError: It can't be meant.
    """
    parser = Options("normalize", "Normalise values of one label: a line of stdin each, a JSON object a line.")
    parser.add_argument("label", choices=LABELS)
    return parser.parse_args(argv)
