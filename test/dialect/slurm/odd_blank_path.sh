#!/bin/bash
#SBATCH --output=/scratch/%u/%x/%j-%N.log
#SBATCH --chdir=/scratch/mei/case one
./a.out
