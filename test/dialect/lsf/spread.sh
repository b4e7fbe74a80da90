#!/bin/bash
#BSUB -n 96
#BSUB -R "span[ptile=48]"
#BSUB -R "select[type==any]"
#BSUB -x
mpirun ./a.out
