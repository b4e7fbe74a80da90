#!/bin/bash
#SBATCH --ntasks=48
#SBATCH --mem-per-cpu=3900M
#SBATCH --time=120
srun ./fvm
