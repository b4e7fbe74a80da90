#!/bin/bash
#PBS -l nodes=4:ppn=16:haswell:ib
#PBS -n
mpiexec ./a.out
