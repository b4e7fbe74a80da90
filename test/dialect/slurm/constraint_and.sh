#!/bin/bash
#SBATCH -C "ib&avx512"
#SBATCH -n 64
#SBATCH --ntasks-per-node=32
srun ./solver
