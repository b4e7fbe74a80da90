#!/bin/bash
#PBS -l select=3:ncpus=24:mpiprocs=4:ompthreads=6
#PBS -l walltime=3:00:00
#PBS -V
cd $PBS_O_WORKDIR
mpiexec ./solver
