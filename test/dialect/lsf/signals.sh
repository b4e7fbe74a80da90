#!/bin/bash
#BSUB -wa USR1
#BSUB -wt 10
#BSUB -W 60
#BSUB -r
#BSUB -Q "42 43"
./a.out
