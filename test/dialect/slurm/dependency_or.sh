#!/bin/bash
#SBATCH -d afterok:7?afternotok:8_3
#SBATCH --time=5

srun ./solver
