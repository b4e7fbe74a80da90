#!/bin/bash
#BSUB -J serial
#BSUB -q normal
#BSUB -W 2:00
#BSUB -o serial.%J.out
./a.out
