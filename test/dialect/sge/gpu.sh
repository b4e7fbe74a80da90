#!/bin/bash
#$ -l gpu=2,gpu_type=a100
#$ -pe shared 8
#$ -l h_rt=3600
#$ -q gpu.q
#$ -cwd
./solver
