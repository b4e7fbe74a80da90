#!/usr/bin/env python3
#$ -cwd
#$ -l h_rt=60
print(1)
#$ -N late
