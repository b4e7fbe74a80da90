#!/bin/bash
#SBATCH --cpus-per-task=16
#SBATCH --ntasks=1
#SBATCH --mem-per-cpu=2000
#SBATCH --time=90

export OMP_NUM_THREADS=$SLURM_CPUS_PER_TASK
./heat
