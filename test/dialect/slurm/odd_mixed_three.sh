#!/bin/bash
#SBATCH -J both
#SBATCH -t 10
#PBS -N both
#PBS -l walltime=00:10:00
#BSUB -J both
#BSUB -W 10
./a.out
