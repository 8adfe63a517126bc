"""Turn texts into run records.

    python infer.py --model build/model --input data/examples --output build/records.jsonl

The output is JSON lines (one record a document), Parquet or CSV (one row a run), by its suffix.
"""

import sys

from runspan.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["infer", *sys.argv[1:]]))
