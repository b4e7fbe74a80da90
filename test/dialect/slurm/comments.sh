#!/bin/bash
# A remark

#SBATCH --time=10   # ten minutes
##SBATCH --mem=1T
# #SBATCH --nodes=99
 #SBATCH --ntasks=77
#SBATCH -n 4 -c2
#SBATCH -J x#y
#?SUB -l other
echo hi
#SBATCH --mem=3G
