#!/bin/bash
#PBS -l nodes=2:ppn=4,qos=high,advres=7,naccesspolicy=singlejob,signal=USR1@60
#PBS -l walltime=100
#PBS -W x="FLAGS:PREEMPT"
cd $PBS_O_WORKDIR
mpiexec ./solver
