#!/bin/bash
#PBS -c enabled
#PBS -l nodes=1:ppn=1
#PBS -r n
./a.out
