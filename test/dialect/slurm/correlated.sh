#!/bin/bash
#SBATCH --array=1-20
#SBATCH --dependency=aftercorr:5000
./step2 $SLURM_ARRAY_TASK_ID
