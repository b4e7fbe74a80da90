#!/bin/bash
#SBATCH --node=2
#SBATCH --cpu-per-task=4
#SBATCH --partion=gpu
./a.out
