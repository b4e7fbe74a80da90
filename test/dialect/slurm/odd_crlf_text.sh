#!/bin/bash
##SBATCH --time=1
# #SBATCH --time=2
 #SBATCH --time=3
#SBATCH --time=4 # the one that counts
echo
#SBATCH --time=5
