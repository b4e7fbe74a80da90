#!/bin/sh
#BSUB -n 3
#BSUB -R "1*{select[bigmem] rusage[mem=64GB]}+2*{rusage[mem=8GB]}"
#BSUB -W 30
mpirun ./solver
