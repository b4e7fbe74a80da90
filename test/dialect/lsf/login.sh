#!/bin/bash
#BSUB -L /bin/bash
#BSUB -env "all, CASE=7, ~DISPLAY"
./a.out
