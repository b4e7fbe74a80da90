#!/bin/bash
#$ -l h_rt=1h
#$ -j oe
#$ -m b,e
#$ -t 10-1
#$ -pe smp
#$ -cwdd
#$ -N a/b
#$ -l mem=4GB
#$ -o /x:y stray
#$ -t 1,3
./solver
