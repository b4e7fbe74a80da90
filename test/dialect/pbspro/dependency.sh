#!/bin/bash
#PBS -W depend=afterok:12.server:13.server,afterany:14[]
#PBS -a 12241830
#PBS -h
#PBS -p -5
#PBS -l walltime=10
cd $PBS_O_WORKDIR
mpiexec ./solver
