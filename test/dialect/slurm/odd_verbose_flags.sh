#!/bin/bash
#SBATCH -vvHQ
#SBATCH -OskW
./a.out
