#!/bin/bash
#SBATCH --array=1,4,9,16-18
#SBATCH --requeue
./case.sh
