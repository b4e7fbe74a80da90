#!/bin/bash
#SBATCH --begin=teatime
#SBATCH -t 5:00

srun ./solver
