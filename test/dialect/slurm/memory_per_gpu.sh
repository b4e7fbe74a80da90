#!/bin/bash
#SBATCH --gpus=2
#SBATCH --mem-per-gpu=60G
#SBATCH --cpus-per-gpu=12
#SBATCH --time=08:00:00
python train.py
