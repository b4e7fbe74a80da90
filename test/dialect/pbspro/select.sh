#!/bin/bash
#PBS -N wing
#PBS -l select=4:ncpus=32:mpiprocs=32:mem=120gb
#PBS -l walltime=24:00:00
#PBS -l place=scatter:excl
#PBS -q workq
#PBS -A proj042
#PBS -j oe
cd $PBS_O_WORKDIR
mpiexec ./solver
