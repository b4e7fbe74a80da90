#!/bin/bash
#PBS -l select=6:ncpus=16:mpiprocs=16
#PBS -l place=scatter:group=switch
mpiexec ./a.out
