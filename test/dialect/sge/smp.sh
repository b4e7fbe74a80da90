#!/bin/bash
#$ -N heat
#$ -pe smp 8
#$ -l h_rt=048:00:00,mem=2G
#$ -wd /scratch/mei
#$ -V
export OMP_NUM_THREADS=$NSLOTS
./heat
