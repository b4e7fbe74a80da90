#!/bin/bash
#PBS -l nodes=1:ppn=4,mem=8g,vmem=10g
./a.out
