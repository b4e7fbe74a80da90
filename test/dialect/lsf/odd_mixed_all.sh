#!/bin/bash
#SBATCH -n 2
#BSUB -n 2
#BSUB -J both
#PBS -N both
./a.out
