#!/bin/bash
#$ -M $MY_EMAIL
#$ -o $HOME/logs/$JOB_ID.$NOSUCH
./a.out
