#!/bin/bash
#SBATCH -L matlab:2,ansys
#SBATCH --reservation=12
#SBATCH --qos=high
#SBATCH --wckey=thesis
#SBATCH -t 60

srun ./solver
