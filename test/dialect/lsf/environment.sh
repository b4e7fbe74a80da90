#!/bin/sh
#BSUB -env "none, CASE=wing, MY_CASE"
#BSUB -cwd /scratch/mei
#BSUB -L /bin/bash
#BSUB -W 15
#BSUB -wa USR1 -wt 5
mpirun ./solver
