#!/bin/bash
#PBS   -l    nodes=1:ppn=2
#PBS  -N  tabbed

:
#PBS -j oe
./a.out
