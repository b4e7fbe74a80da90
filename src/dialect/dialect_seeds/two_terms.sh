#!/bin/bash
#PBS -l nodes=1:ppn=16:bigmem+4:ppn=8
#PBS -l walltime=10
cd $PBS_O_WORKDIR
mpiexec ./solver
