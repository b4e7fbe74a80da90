#!/bin/sh
#BSUB -n 4
#BSUB -R "affinity[core(4):distribute=pack]"
#BSUB -R "order[mem]"
#BSUB -W 30
#BSUB -x
mpirun ./solver
