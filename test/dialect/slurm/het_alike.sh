#!/bin/bash
#SBATCH --time=1:00:00 -N 2 -c 4
#SBATCH packjob
#SBATCH -N 3 -c 4
srun ./a
