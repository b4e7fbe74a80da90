#!/bin/bash
#PBS -l nodes=1:ppn=4:gpus=2:rhel7,walltime=1:00:00
#PBS -l mem=8g
#PBS -M mei@example.org
#PBS -m ae
cd $PBS_O_WORKDIR
mpiexec ./solver
