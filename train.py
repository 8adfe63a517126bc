"""Fine-tune an encoder on tagged seed files.

    python train.py configs/train.yaml --output_dir build/model

Writes weights, tokenizer, metrics.json, run_config.yaml and training_curve.jsonl to the output folder.
"""

import sys

from runspan.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["train", *sys.argv[1:]]))
