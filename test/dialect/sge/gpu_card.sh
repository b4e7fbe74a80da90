#!/bin/bash -l
#$ -l gpu=1
#$ -l gpu_type=V100
#$ -l h_rt=8:00:00
#$ -wd /scratch/mei
python train.py
