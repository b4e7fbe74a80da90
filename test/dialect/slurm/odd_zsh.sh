#!/usr/bin/env zsh
#SBATCH --job-name "quoted name"
#SBATCH --comment='it has # inside'
print ok
