#!/bin/bash
#SBATCH --nice=1000
#SBATCH --partition=scavenge,preempt
#SBATCH --time-min=01:00:00
#SBATCH --time=08:00:00
./bag
