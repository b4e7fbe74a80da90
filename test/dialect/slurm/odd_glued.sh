#!/bin/bash
#SBATCH-J glued
#SBATCH -n4 -c2 -t30
#SBATCH --mem 4G --partition short
./a.out
