#!/bin/bash
#PBS -F "alpha beta"
#PBS -l procs=12
#PBS -l walltime=100
#PBS -n
cd $PBS_O_WORKDIR
mpiexec ./solver
