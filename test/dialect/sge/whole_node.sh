#!/bin/bash
#$ -l exclusive=true
#$ -pe mpi 48
mpirun ./a.out
