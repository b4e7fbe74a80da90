#!/bin/bash
#$ -N serial
#$ -cwd
#$ -l h_rt=1:00:00
#$ -l mem_free=4G
#$ -j y
./solver
