#!/bin/bash
#$-N glued
#$  -l h_rt=60
# $ -N no
 #$ -N no
##$ -N no
./a.out
