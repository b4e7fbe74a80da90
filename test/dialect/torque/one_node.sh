#!/bin/bash
#PBS -l nodes=1:ppn=12
#PBS -l pmem=2gb
#PBS -l walltime=4:00:00
#PBS -A group7
./a.out
