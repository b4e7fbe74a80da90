#!/bin/bash
#PBS -t 1-62%20
#PBS -l nodes=1:ppn=1,pmem=2gb
#PBS -l walltime=01:00:00
#PBS -o out.$PBS_ARRAYID
echo $PBS_ARRAYID $MOAB_JOBARRAYINDEX
