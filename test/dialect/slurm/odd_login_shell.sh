#!/bin/bash -l
#SBATCH --time=5
./a
