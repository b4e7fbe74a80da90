#!/bin/bash
#BSUB -Is
#BSUB -E /bin/true
./a.out
