#!/bin/bash
#SBATCH -J pair --time=1:00:00
#SBATCH --nodes=1 --ntasks=1 --mem=200G
#SBATCH hetjob
#SBATCH --nodes=16 --ntasks-per-node=64

srun ./master : ./worker
