#!/bin/sh
#BSUB -gpu num=1:gmodel=H100:gmem=40G
#BSUB -R "select[gpu80gb] span[hosts=1]"
#BSUB -n 4
#BSUB -W 60
mpirun ./solver
