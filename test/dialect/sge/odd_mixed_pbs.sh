#!/bin/bash
#PBS -l nodes=1:ppn=4
#$ -pe smp 4
#$ -cwd
./a.out
