#!/bin/bash
#PBS -N train
#PBS -l select=1:ncpus=16:ngpus=1:mem=110gb
#PBS -l walltime=08:00:00
#PBS -q gpu
#PBS -o train.log -j oe
python train.py
