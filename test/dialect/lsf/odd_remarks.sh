#!/bin/sh
#BSUB -N Send an email when done
#BSUB -o f.out Log file
#BSUB -W 10
#BSUB -n4
echo
#BSUB -P late
###BSUB -q never
