#!/bin/bash
#SBATCH --export=ALL,CASE=wing,"TITLE=a b"
#SBATCH --chdir=/scratch/mei
#SBATCH --time=15

srun ./solver
