#!/bin/bash
#SBATCH --job-name=jupyter
#SBATCH --output=jupyter-%j.log
#SBATCH --time=0-04:00
#SBATCH --cpus-per-task=2
#SBATCH --mem=8G
node=$(hostname -s)
jupyter lab --no-browser --ip=$node --port=8888
