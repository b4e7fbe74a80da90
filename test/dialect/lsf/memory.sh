#!/bin/sh
#BSUB -n 4
#BSUB -R "span[hosts=1] rusage[mem=4000]"
#BSUB -W 1440
#BSUB -M 16GB
#BSUB -oo out.%J
mpirun ./solver
