#!/bin/bash
#PBS -N serial
#PBS -l select=1:ncpus=1:mem=4gb
#PBS -l walltime=12:00:00
#PBS -q normal
cd $PBS_O_WORKDIR
./a.out
