#!/bin/bash
#SBATCH --gres=gpu:1
#SBATCH --time=02:00:00
apptainer exec --nv image.sif python3 infer.py
