#!/bin/bash
#BSUB -P climate
#BSUB -G group/sub
#BSUB -sp 40
#BSUB -app default
#BSUB -sla gold
./a.out
