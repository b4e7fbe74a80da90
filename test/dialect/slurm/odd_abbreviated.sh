#!/bin/bash
#SBATCH --part=gpu --time=5 --nodel=n1
#SBATCH --mem-per=4
./a
