#!/bin/bash
#PBS -l select=2:ncpus=8+3:ncpus=8
#PBS -l walltime=600
cd $PBS_O_WORKDIR
mpiexec ./solver
