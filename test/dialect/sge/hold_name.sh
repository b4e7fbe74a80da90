#!/bin/bash
#$ -hold_jid prepare*
#$ -l h_rt=60
./solver
