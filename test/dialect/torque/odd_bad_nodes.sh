#!/bin/bash
#PBS -l nodes=0:ppn=4
#PBS -l nodes=2:ppn=x
#PBS -l nodes=2:ppm=4
./a.out
