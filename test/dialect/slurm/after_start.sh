#!/bin/bash
#SBATCH -d after:771+15
./watch.sh 771
