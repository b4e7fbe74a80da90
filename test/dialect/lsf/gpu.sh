#!/bin/sh
#BSUB -n 8
#BSUB -gpu "num=2:mode=exclusive_process:mps=no:j_exclusive=yes"
#BSUB -R "rusage[mem=32GB]"
#BSUB -W 4:00
#BSUB -q gpu
mpirun ./solver
