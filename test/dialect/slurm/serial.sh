#!/bin/bash
#SBATCH --job-name=serial
#SBATCH --time=00:10:00
#SBATCH --ntasks=1
#SBATCH --mem=2G
#SBATCH --output=%x-%j.out

srun ./solver
