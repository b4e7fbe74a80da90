#!/bin/bash
#PBS -l select=1:ncpus=4:mem=100gb+8:ncpus=32:mpiprocs=32
#PBS -l walltime=02:00:00
cd $PBS_O_WORKDIR
mpiexec ./solver
