#!/bin/bash
#BSUB -n 16
#BSUB -R "span[hosts=1]"
#BSUB -R "rusage[mem=2000]"
#BSUB -M 2500MB
#BSUB -W 4:00
./threads
