#!/bin/bash
#SBATCH --array=0-99%10
#SBATCH --output=logs/%A_%a.out
#SBATCH --error=logs/%A_%a.err
#SBATCH --time=30:00
#SBATCH --mem=2G
python sweep.py --case $SLURM_ARRAY_TASK_ID
