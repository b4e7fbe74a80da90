#!/bin/bash
#PBS -l nodes=0:ppn=4
#PBS -l nodes=2:pnn=4
#PBS -P other
#PBS -D /chroot
#PBS -l walltime=1:2:3:4
cd $PBS_O_WORKDIR
mpiexec ./solver
