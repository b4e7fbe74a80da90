#!/bin/bash
#$ -m beas
#$ -M mei@example.org
#$ -l h_rt=600
./a.out
