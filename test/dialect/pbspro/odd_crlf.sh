#!/bin/bash
#PBS -l walltime=10:00
#PBS -l select=1
cd $PBS_O_WORKDIR
mpiexec ./solver
