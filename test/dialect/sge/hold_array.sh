#!/bin/bash
#$ -hold_jid_ad 15
#$ -t 1-10
#$ -l h_rt=60
./solver
