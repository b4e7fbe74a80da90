#!/bin/bash
#$ -t 1-100:5
#$ -tc 10
#$ -cwd
#$ -o logs/$JOB_ID.$TASK_ID.out
#$ -e logs/
#$ -l h_rt=1::1
./solver
