#!/bin/bash
#SBATCH --array=0-99:3%10
#SBATCH --output=logs/%A_%a.out
#SBATCH --error=logs/%A_%4a.err
#SBATCH --time=30

srun ./solver
