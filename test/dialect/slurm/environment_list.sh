#!/bin/bash
#SBATCH --export=MY_CASE,N=3
#SBATCH -D cases
#SBATCH --time=15

srun ./solver
