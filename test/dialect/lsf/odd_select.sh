#!/bin/sh
#BSUB -R "select[mem>4000 && type==any]"
#BSUB -W 5
mpirun ./solver
