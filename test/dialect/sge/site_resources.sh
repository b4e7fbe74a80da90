#!/bin/bash
#$ -l h_rt=60,rl9=true,matlab=1,excl=true
#$ -l hostname=node7
#$ -cwd
./solver
