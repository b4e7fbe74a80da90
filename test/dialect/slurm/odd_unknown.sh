#!/bin/bash
#SBATCH --ntask-per-nodes=4
#SBATCH --tmie 10
#SBATCH -Z
./a
