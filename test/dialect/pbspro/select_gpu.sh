#!/bin/bash
#PBS -l select=1:ncpus=16:ngpus=2:mem=64gb:gpu_type=a100
#PBS -l walltime=1:30
#PBS -P second
#PBS -A first
cd $PBS_O_WORKDIR
mpiexec ./solver
