#!/bin/bash
#SBATCH --account=
#SBATCH --qos=
#SBATCH --time=5
./a.out
