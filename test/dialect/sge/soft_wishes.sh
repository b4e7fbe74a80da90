#!/bin/bash
#$ -soft -l mem_free=20G -q fast.q
#$ -l h_rt=3600
./a.out
