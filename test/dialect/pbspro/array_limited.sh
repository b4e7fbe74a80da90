#!/bin/bash
#PBS -J 0-199%20
#PBS -l walltime=00:30:00
#PBS -o logs/^array_index^.out
cd $PBS_O_WORKDIR
./case.sh $PBS_ARRAY_INDEX
