#!/bin/bash
#$ -N threads
#$ -cwd
#$ -pe threaded 8
#$ -l h_rt=24:00:00,h_vmem=4G
#$ -j y
export OMP_NUM_THREADS=$NSLOTS
./a.out
