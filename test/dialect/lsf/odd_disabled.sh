#!/bin/bash
###BSUB -n 4
# BSUB -n 4
 #BSUB -n 4
#bsub -n 4
#BSUB -n 2
./a.out
