#!/bin/bash
#PBS -v A=1,"B='x,y'",MY_CASE
#PBS -l walltime=90
#PBS -m abe -M mei@example.org,li@example.org
#PBS -r n
#PBS -W umask=027,block=true
cd $PBS_O_WORKDIR
mpiexec ./solver
