#!/bin/bash
#SBATCH --time
#SBATCH --mem=
#SBATCH -N
./a.out
