#!/bin/bash
# Many machines without cluster software: inputs in folders 000 to 099, one output for each. JSON lines that are put behind
# one another are the whole: cat records/*.jsonl. Submit it again after an interruption: finished parts are left alone.
#SBATCH --job-name=runspan
#SBATCH --array=0-99%20
#SBATCH --cpus-per-task=8
#SBATCH --time=24:00:00
#SBATCH --requeue
#SBATCH --signal=TERM@120
set -euo pipefail

part=$(printf '%03d' "$SLURM_ARRAY_TASK_ID")
output="$SCRATCH/records/$part.jsonl"
if [ -e "$output" ]; then
    exit 0
fi
export OMP_NUM_THREADS="$SLURM_CPUS_PER_TASK"
exec python infer.py --model build/model --input "$SCRATCH/papers/$part" --output "$output" --quiet
