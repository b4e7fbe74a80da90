#!/bin/bash
#SBATCH -J melt
#SBATCH -N 8
#SBATCH --ntasks-per-node=128
#SBATCH -t 06:00:00
#SBATCH -p standard
#SBATCH -q long
#SBATCH -A phys42
#SBATCH --exclusive
srun --distribution=block:block --hint=nomultithread lmp -in in.melt
