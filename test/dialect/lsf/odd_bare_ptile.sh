#!/bin/bash
#BSUB -R span[ptile=8]
#BSUB -n32
#BSUB -W30
./a.out
