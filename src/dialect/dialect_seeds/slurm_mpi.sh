#!/bin/bash
#SBATCH -J wing_mpi
#SBATCH -N 4
#SBATCH --ntasks-per-node=32
#SBATCH -t 1-12:00:00
#SBATCH -p compute,long
#SBATCH -A proj042
#SBATCH --mail-type=BEGIN,END,FAIL
#SBATCH --mail-user=mei@example.org

module load openmpi
srun ./wing input.nml
