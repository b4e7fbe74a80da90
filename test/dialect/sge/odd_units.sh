#!/bin/bash
#$ -l h_rt=2h
#$ -l h_vmem=4GB
#$ -a 1200
#$ -r true
./a.out
