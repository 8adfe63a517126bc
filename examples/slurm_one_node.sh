#!/bin/bash
# All GPUs of one machine. Submit it again after an interruption: it goes on.
#SBATCH --job-name=runspan
#SBATCH --nodes=1
#SBATCH --gres=gpu:4
#SBATCH --cpus-per-task=32
#SBATCH --time=12:00:00
#SBATCH --requeue
#SBATCH --signal=TERM@120
set -euo pipefail

exec accelerate launch --num_processes 4 infer.py --model build/model --input "$SCRATCH/papers" --output "$SCRATCH/records.jsonl" --quiet
