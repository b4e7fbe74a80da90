#!/bin/bash
#BSUB -b 22:00
#BSUB -t 12:31:23:59
#BSUB -H
./a.out
