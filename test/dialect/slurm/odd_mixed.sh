#!/bin/bash
#SBATCH --time=10
#SBATCH --nodes=2
#PBS -l walltime=99:00:00
#BSUB -W 77
./a
