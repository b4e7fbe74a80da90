#!/bin/bash
#$ -t 1-500
#$ -tc 25
#$ -o logs/$JOB_NAME.$TASK_ID.out
#$ -j yes
./case.sh $SGE_TASK_ID
