#!/bin/bash
#PBS -l mppwidth=64,mppnppn=16,mppdepth=2,walltime=1:00:00
cd $PBS_O_WORKDIR
mpiexec ./solver
