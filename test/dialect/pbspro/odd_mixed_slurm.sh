#!/bin/bash
#SBATCH -n 4
#PBS -N either
#PBS -l select=1:ncpus=4
#SBATCH -t 10
./a.out
