#!/bin/bash
#BSUB -m "hostA hostB+2 others"
./a.out
