#!/bin/bash
#$ -hold_jid 12,13
#$ -a 202612241830
#$ -h
#$ -p -100
#$ -l h_rt=60
#$ -r y
#$ -R y
./solver
