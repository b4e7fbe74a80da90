#!/bin/bash
#PBS -m abe
#PBS -M mei@example.org,lin@example.org
#PBS -l walltime=3600
./a.out
