#!/bin/sh
#BSUB -P ABC123
#BSUB -W 2:00
#BSUB -nnodes 4
#BSUB -alloc_flags "gpumps smt4"
#BSUB -J run
#BSUB -csm y
jsrun -n 24 -a 1 -g 1 -c 7 ./solver
