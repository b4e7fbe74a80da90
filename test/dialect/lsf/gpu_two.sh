#!/bin/bash
#BSUB -q gpu
#BSUB -n 8
#BSUB -gpu "num=2:mode=exclusive_process:mps=no"
#BSUB -R "rusage[mem=8GB]"
#BSUB -W 24:00
python train.py
