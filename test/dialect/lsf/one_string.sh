#!/bin/bash
#BSUB -R "select[mem>8000] rusage[mem=8000] span[hosts=1] order[mem]"
#BSUB -n 4
./a.out
