#!/bin/bash
#SBATCH --time=2h --mem=1.5G --nodes=4-2 --signal=NOPE@5
#SBATCH --array=10-1 --mail-type=SOMETIMES --open-mode=maybe
#SBATCH --begin=whenever --dependency=afterok --ntasks=0 --time
./a
