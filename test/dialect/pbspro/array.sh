#!/bin/bash
#PBS -J 1-100:2%5
#PBS -l ncpus=1,mem=4gb,walltime=3600
#PBS -o logs/^array_index^.out
#PBS -e $PBS_JOBID.err
cd $PBS_O_WORKDIR
mpiexec ./solver
