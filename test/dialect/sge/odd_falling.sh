#!/bin/bash
#$ -t 10-1
#$ -pe smp 8-2
./a.out
