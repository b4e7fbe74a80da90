#!/bin/bash
#SBATCH -a 1-101:20
#SBATCH -t 10
#SBATCH -o %x.%4a.out
./case.sh $SLURM_ARRAY_TASK_ID
