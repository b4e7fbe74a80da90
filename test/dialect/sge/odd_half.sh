#!/bin/bash
#$ -l
#$ -pe smp
#$ -t 0-5
#$ -j oe
#$ -m a,b
./a.out
