#!/bin/sh
#BSUB -J wing
#BSUB -n 64
#BSUB -R "span[ptile=16]"
#BSUB -W 1:30
#BSUB -q normal
#BSUB -o %J.out
#BSUB -e %J.err
#BSUB -P proj042
mpirun ./solver
