#!/bin/bash
#SBATCH --dependency=afterok:101:102,afterany:103
#SBATCH --kill-on-invalid-dep=yes
#SBATCH --time=5

srun ./solver
