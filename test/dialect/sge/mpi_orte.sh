#!/bin/bash
#$ -S /bin/bash
#$ -pe orte 64
#$ -q all.q
#$ -R y
#$ -cwd -V
mpirun ./a.out
