#!/bin/bash
#BSUB -R "span[ptile=4"
#BSUB -W
#BSUB -n x
./a.out
