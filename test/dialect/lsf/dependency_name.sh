#!/bin/sh
#BSUB -w 'done("prepare*")'
#BSUB -W 10
mpirun ./solver
