#!/bin/bash
#$ -pe mpi 4-
mpirun ./a.out
