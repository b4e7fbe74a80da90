#!/bin/sh
#$ -t 2-20:6
echo $SGE_TASK_ID $SGE_TASK_STEPSIZE
