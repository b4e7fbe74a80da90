#!/bin/bash
#PBS -l select=1:ncpus=2,walltime=5:00,vmem=8gb,pmem=2gb
#PBS -k oe
#PBS -W group_list=phys,sandbox=PRIVATE
cd $PBS_O_WORKDIR
mpiexec ./solver
