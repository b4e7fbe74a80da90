#!/bin/sh
#PBS -l select=1:ncpus=24:ompthreads=24
#PBS -l walltime=2:00:00
cd "$PBS_O_WORKDIR" && ./threads
