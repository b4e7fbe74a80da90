#!/bin/bash
#PBS -l nodes=1:ppn=8
#PBS -l naccesspolicy=singlejob
#PBS -l qos=high
#PBS -l advres=17
./a.out
