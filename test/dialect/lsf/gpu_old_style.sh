#!/bin/sh
#BSUB -R "rusage[ngpus_excl_p=1]"
#BSUB -n 4
./cuda
