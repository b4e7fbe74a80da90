#!/bin/bash
#PBS -l nodes=1:ppn=2:gpus=1:exclusive_process
#PBS -l walltime=1:0:0
#PBS -c enabled
cd $PBS_O_WORKDIR
mpiexec ./solver
