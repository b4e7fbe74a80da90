#!/bin/bash
#SBATCH --nodes=2
#SBATCH --ntasks-per-socket=4
#SBATCH --sockets-per-node=2
#SBATCH --threads-per-core=1
#SBATCH --distribution=block:cyclic
#SBATCH --gpu-bind=closest
#SBATCH --cpu-freq=high
srun ./stencil
