#!/bin/bash
#$ -v A=1,MY_CASE,B=x
#$ -l h_rt=60,h_vmem=3g
#$ -cwd
./solver
