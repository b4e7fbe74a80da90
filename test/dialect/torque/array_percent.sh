#!/bin/bash
#PBS -t 1-62%20
#PBS -l walltime=30:00
./case.sh $PBS_ARRAYID
