#!/bin/bash
#$ -l h_rt=3600,s_rt=3000
#$ -notify
#$ -cwd
./solver
