#!/usr/bin/env python3
#SBATCH --time=5
#SBATCH -c 2
print("hello")
