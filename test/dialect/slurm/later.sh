#!/bin/bash
#SBATCH --begin=now+2hours
#SBATCH --deadline=2026-12-24T18:00:00
#SBATCH --nice=50
#SBATCH --hold
#SBATCH --time=20

srun ./solver
