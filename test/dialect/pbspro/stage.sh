#!/bin/bash
#PBS -W stagein=in.dat@host:/data/in.dat
#PBS -l ncpus=1
./a.out
