#!/bin/bash
#PBS -l
#PBS -N
#PBS -l walltime=
#PBS -q
./a.out
