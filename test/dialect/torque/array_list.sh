#!/bin/bash
#PBS -t 1,3-5
#PBS -l nodes=1
#PBS -W depend=afterokarray:12[]
#PBS -l walltime=100
cd $PBS_O_WORKDIR
mpiexec ./solver
