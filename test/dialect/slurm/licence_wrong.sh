#!/bin/bash
#SBATCH -L :3
#SBATCH --time=1

srun ./solver
