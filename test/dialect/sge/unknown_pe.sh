#!/bin/bash
#$ -pe special 12
#$ -l h_rt=60
#$ -cwd
./solver
