#!/bin/bash
#SBATCH --job-name=md_prod
#SBATCH --partition=gpu
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=4
#SBATCH --cpus-per-task=8
#SBATCH --gpus-per-node=a100:4
#SBATCH --time=1-12:00:00
#SBATCH --mem=0
module load gromacs
srun gmx_mpi mdrun -deffnm prod -ntomp $SLURM_CPUS_PER_TASK
