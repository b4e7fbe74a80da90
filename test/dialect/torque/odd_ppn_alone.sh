#!/bin/bash
#PBS -l ppn=8
#PBS -l nodes=1
./a.out
