#!/bin/bash
#PBS -l select=1:ncpus=8
#PBS -l place=pack:exclhost
./a.out
