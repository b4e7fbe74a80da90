#!/bin/sh
#SBATCH -i input.txt
#SBATCH -o result-%j.txt
#SBATCH -D /scratch/mei
sort
