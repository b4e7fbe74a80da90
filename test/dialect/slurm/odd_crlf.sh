#!/bin/bash
#SBATCH --time=10
./a
