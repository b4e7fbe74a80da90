#!/bin/bash
#SBATCH --distribution=block:cyclic
#SBATCH --contiguous
#SBATCH --switches=1@10:00
#SBATCH --tmp=100G
#SBATCH --threads-per-core=1
#SBATCH -B 2:16:1
#SBATCH --profile=all
#SBATCH --cpu-freq=high
#SBATCH --network=sn_single
#SBATCH --overcommit
#SBATCH --time=10

srun ./solver
