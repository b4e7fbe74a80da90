#!/bin/bash
#SBATCH -n 2
module purge
#SBATCH -n 4
srun ./a.out
