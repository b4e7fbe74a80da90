#!/bin/bash
#SBATCH -N 2-4
#SBATCH -n 1k
#SBATCH -c 2
#SBATCH -t 1:00:00
#SBATCH --mem-per-cpu=1G

srun ./solver
