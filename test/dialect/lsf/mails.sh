#!/bin/bash
#BSUB -B
#BSUB -N
#BSUB -u mei@example.org
./a.out
