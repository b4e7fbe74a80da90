#!/bin/bash
#SBATCH --export=NONE
#SBATCH --get-user-env
#SBATCH --time=15

srun ./solver
