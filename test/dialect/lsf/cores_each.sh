#!/bin/bash
#BSUB -n 4
#BSUB -R "affinity[core(8):distribute=pack] span[ptile=2]"
./hybrid
