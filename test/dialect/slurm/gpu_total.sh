#!/bin/bash
#SBATCH --gpus=8
#SBATCH --nodes=2
#SBATCH --gpus-per-node=4
#SBATCH --ntasks-per-node=4
#SBATCH --time=0-08
#SBATCH -C "nvlink&ib"

srun ./solver
