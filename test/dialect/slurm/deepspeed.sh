#!/bin/bash
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --gres=gpu:h100:8
#SBATCH --cpus-per-task=96
#SBATCH --mem=900G
#SBATCH --time=3-00:00:00
#SBATCH --exclusive=user
export MASTER_ADDR=$(scontrol show hostnames $SLURM_JOB_NODELIST | head -n1)
srun torchrun --nnodes=4 --nproc-per-node=8 --rdzv-endpoint=$MASTER_ADDR:29500 ds.py
