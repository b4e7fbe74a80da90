#!/bin/bash
##PBS -N no
# PBS -N no
#PBS -N yes
 #PBS -N no
echo done
#PBS -N late
