#!/bin/sh
#BSUB -J "sweep[1-10:2,15]%3"
#BSUB -W 0:10
#BSUB -o out.%J.%I
#BSUB -r
#BSUB -Q "1 2"
mpirun ./solver
