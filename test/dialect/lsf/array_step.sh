#!/bin/bash
#BSUB -J odd[1-9:2,20]
#BSUB -oo out.%I
echo $LSB_JOBINDEX
