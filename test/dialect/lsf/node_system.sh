#!/bin/bash
#BSUB -nnodes 4
#BSUB -W 1:00
#BSUB -alloc_flags "smt4 gpumps"
#BSUB -P ABC123
jsrun -n 24 -a 1 -c 7 -g 1 ./a.out
