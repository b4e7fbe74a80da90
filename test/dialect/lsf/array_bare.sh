#!/bin/sh
#BSUB -J phase1[1-16]
#BSUB -W 71:59
#BSUB -u mei@example.org
#BSUB -N
mpirun ./solver
