#!/bin/bash
#BSUB -J "sweep[1-100]%8"
#BSUB -o logs/%J_%I.out
#BSUB -e logs/%J_%I.err
./case.sh $LSB_JOBINDEX
