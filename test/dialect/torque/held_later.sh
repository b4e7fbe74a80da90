#!/bin/bash
#PBS -h
#PBS -a 12312300.30
#PBS -l nodes=1:ppn=2
./a.out
