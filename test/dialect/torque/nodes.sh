#!/bin/bash
#PBS -N wing
#PBS -l nodes=4:ppn=8
#PBS -l walltime=12:00:00
#PBS -q batch
#PBS -d .
cd $PBS_O_WORKDIR
mpiexec ./solver
