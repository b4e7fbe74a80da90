#!/bin/bash
#SBATCH --time=24:00:00
#SBATCH --signal=B:USR1@300
#SBATCH --open-mode=append
#SBATCH --requeue
trap 'scontrol requeue $SLURM_JOB_ID' USR1
./long_run --restart latest.chk &
wait
