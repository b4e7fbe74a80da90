#!/bin/bash
#PBS -l select=0:ncpus=2
#PBS -l walltim=10
#PBS -l mem=1.5gb
#PBS -j both
#PBS -l place=anywhere
#PBS -W stagein=a@b:c
#PBS -I
#PBS -y
#PBS -l select=2:nodes
#PBS -W depend=before:3
cd $PBS_O_WORKDIR
mpiexec ./solver
