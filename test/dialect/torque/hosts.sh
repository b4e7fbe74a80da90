#!/bin/bash
#PBS -l nodes=host1+host2,walltime=60
cd $PBS_O_WORKDIR
mpiexec ./solver
