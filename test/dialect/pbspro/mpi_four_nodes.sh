#!/bin/bash
#PBS -N channel
#PBS -P np-fluids
#PBS -l select=4:ncpus=128:mpiprocs=128:mem=480gb
#PBS -l place=scatter:excl
#PBS -l walltime=24:00:00
#PBS -j oe
cd $PBS_O_WORKDIR
mpiexec -n 512 ./channel
