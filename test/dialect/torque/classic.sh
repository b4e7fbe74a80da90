#!/bin/sh
#PBS -N classic
#PBS -l nodes=2:ppn=8,walltime=10:00:00
#PBS -q batch
cd $PBS_O_WORKDIR
mpirun -np 16 -machinefile $PBS_NODEFILE ./a.out
