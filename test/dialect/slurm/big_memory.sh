#!/bin/bash
#SBATCH --mem=1500G
#SBATCH --partition=bigmem
#SBATCH --cpus-per-task=32
#SBATCH --time=2-0
Rscript assemble.R
