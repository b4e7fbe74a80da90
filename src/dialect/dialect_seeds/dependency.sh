#!/bin/sh
#BSUB -w "done(101) && (ended(102) || exit(103))"
#BSUB -W 10
#BSUB -H
#BSUB -b 20:30
#BSUB -t 12:24:18:00
mpirun ./solver
