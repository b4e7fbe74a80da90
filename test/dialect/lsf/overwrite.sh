#!/bin/bash
#BSUB -oo run.log
#BSUB -eo run.err
#BSUB -cwd /scratch/mei/run
./a.out
