#!/bin/bash
#PBS -l select=2:ncpus=4
#PBS -l nodes=2:ppn=4
./a.out
