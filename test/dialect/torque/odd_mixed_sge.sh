#!/bin/bash
#$ -N other
#PBS -l nodes=1:ppn=4
#$ -pe smp 4
./a.out
