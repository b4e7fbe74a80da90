#!/bin/bash
#SBATCH --signal=TERM
#SBATCH --signal=B:sigusr2@120
#SBATCH --signal=R:10@30
./a.out
