#!/bin/sh
#BSUB -W 90m
#BSUB -R "span[hosts=3]"
#BSUB -R "rusage[mem]"
#BSUB -J "a[0-3]"
#BSUB -gpu fast=yes
#BSUB -bogus 3
#BSUB -Is
#BSUB -w "!done(3)"
#BSUB -E ./prepare
mpirun ./solver
