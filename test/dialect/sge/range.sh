#!/bin/bash
#$ -pe mpi-smp-16 16-64
#$ -l h_rt=60
#$ -cwd
./solver
