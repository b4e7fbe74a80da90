#!/bin/bash
#BSUB -J "unclosed
#BSUB -o out
./a.out
