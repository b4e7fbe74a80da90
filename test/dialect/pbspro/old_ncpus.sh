#!/bin/sh
#PBS -l ncpus=8,mem=16gb,walltime=1:00:00
./a.out
