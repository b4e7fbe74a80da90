#!/bin/bash
#SBATCH --nodelist=n[1-4,7],m2
#SBATCH --exclude=n9
#SBATCH --time=15
#SBATCH -N 6

srun ./solver
