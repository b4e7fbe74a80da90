#!/bin/bash
#SBATCH --dependency=afterok:1201:1202,afterany:1203
#SBATCH --kill-on-invalid-dep=yes
./collect.sh
