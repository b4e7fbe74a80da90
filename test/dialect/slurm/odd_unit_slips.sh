#!/bin/bash
#SBATCH --time=2h
#SBATCH --mem=1.5G
#SBATCH --mem-per-cpu=2GiB
#SBATCH --nodes=two
./a.out
