#!/bin/bash
#PBS -l select=2:ncpus=64:ngpus=4:gpu_type=a100
#PBS -l walltime=1:00:00
mpiexec ./cg
